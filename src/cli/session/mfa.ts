import type { AskMfaCode } from '../../aws/mfa-codes.ts';
import { forTerminal } from '../../report/escape.ts';
import { onFirstSignal } from './signals.ts';

let asking: Promise<unknown> = Promise.resolve();

/**
 * Asks on the terminal for the code of an MFA device, without showing what is typed: of several profiles one after the
 * other. Nothing if no person can be asked.
 */
export function mfaPrompt(): { askMfaCode?: AskMfaCode } {
  // Standard output is not needed: the prompt goes to standard error.
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return {};
  return {
    askMfaCode: (device, profile) => {
      const answer = asking.then(() => askCode(device, profile));
      asking = answer.catch(() => {});
      return answer;
    },
  };
}

async function askCode(device: string, profile: string): Promise<string | undefined> {
  const { isCancel, password } = await import('@clack/prompts');
  const message = forTerminal(`MFA code of ${device} for profile ${profile}`);
  const stopped = new AbortController();
  const leave = onFirstSignal(() => stopped.abort());
  const answer = await password({ message, output: process.stderr, signal: stopped.signal }).finally(leave);
  return isCancel(answer) || answer === undefined || answer.trim() === '' ? undefined : answer.trim();
}
