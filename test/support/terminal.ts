import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Journey } from './journey.ts';
import { EXECUTABLE } from './keyturn.ts';

/** What a person does once a text is on the screen: types, or closes the terminal. */
export type Step =
  | { readonly expect: string; readonly send: string }
  | { readonly expect: string; readonly hangUp: true };

export interface OnTerminal {
  readonly output: string;
  readonly code: number;
}

export const has = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Whether there are pseudo-terminals to be had here. */
export const hasTerminal = has('python3', '-c', 'import pty, fcntl, os; os.waitstatus_to_exitcode');

/** Runs Keyturn on a pseudo-terminal of 120 by 40. */
export async function onTerminal(
  { cwd, sandbox }: Pick<Journey, 'cwd' | 'sandbox'>,
  args: readonly string[],
  steps: readonly Step[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<OnTerminal> {
  const driver = spawn('python3', [fileURLToPath(new URL('play-terminal.py', import.meta.url))]);
  let answer = '';
  let complaint = '';
  driver.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  driver.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    ...sandbox.env,
    ...more,
  };
  driver.stdin.end(JSON.stringify({ argv: [EXECUTABLE, ...args], cwd, env, steps }));
  await once(driver, 'close');
  if (answer === '') throw new Error(complaint);
  const { output, code, missed } = JSON.parse(answer);
  if (missed !== null) throw new Error(`never shown: ${missed}\n${output}`);
  return { output, code };
}
