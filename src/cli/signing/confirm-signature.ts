import type { AssessedRollout } from '../../model/rollout.ts';
import { keys } from '../../report/document/phrases.ts';
import { forTerminal } from '../../report/escape.ts';
import { timeText } from '../../report/time.ts';
import type { SignatureRequest } from '../../web/host.ts';
import type { Store } from '../../workflow/ports.ts';
import type { Terminal } from '../terminal.ts';

const MOST_KEYS = 20;

interface Asking {
  readonly terminal: Terminal;
  readonly store: Store;
  readonly rollout: AssessedRollout;
}

/**
 * Shows in the terminal what the page wants to have signed, and asks for the number of keys. Nothing that runs in the
 * page can answer, or change what is shown here.
 *
 * @param signal withdraws the question
 * @returns whether the approver confirmed it
 */
export async function confirmSignature(
  asking: Asking,
  request: SignatureRequest,
  signal: AbortSignal,
): Promise<boolean> {
  const { terminal } = asking;
  const wanted = String(request.keyArns.length);
  terminal.err(`\n${describeRequest(request)}`);
  await showKeys(asking, request.keyArns.slice(0, MOST_KEYS));
  const hasMore = request.keyArns.length > MOST_KEYS;
  if (hasMore) terminal.err(`  … and ${request.keyArns.length - MOST_KEYS} more\n`);
  const message = `Type ${wanted} to sign this decision${hasMore ? ', list to see all keys' : ''}. Anything else refuses it.`;
  let answer = await ask(message, signal);
  if (hasMore && answer === 'list') {
    await showKeys(asking, request.keyArns);
    answer = await ask(message, signal);
  }
  if (answer === wanted) return true;
  terminal.err('Refused. Nothing was signed.\n');
  return false;
}

function describeRequest({
  decision,
  keyArns,
  planDigest,
  listDigest,
  lifeMs,
  reason,
}: SignatureRequest): string {
  const expires =
    decision === 'approve' ? [`Expires: about ${timeText(new Date(Date.now() + lifeMs).toISOString())}`] : [];
  const because = reason === undefined ? [] : [`Reason: ${forTerminal(reason)}`];
  return [
    `The page asks for your signature: ${decision} ${keys(keyArns.length)}`,
    `Plan: ${planDigest}`,
    `List of keys, SHA-256: ${listDigest}`,
    ...expires,
    ...because,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

async function showKeys({ terminal, store, rollout }: Asking, keyArns: readonly string[]): Promise<void> {
  for (const keyArn of keyArns) {
    const finding = await store.finding(rollout.id, keyArn);
    const name = finding?.aliases?.join(', ') || finding?.Description || '';
    terminal.err(`  ${forTerminal(`${keyArn}  ${name}`)}\n`);
  }
}

async function ask(message: string, signal: AbortSignal): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message, output: process.stderr, signal });
  return isCancel(answer) || answer === undefined ? '' : answer.trim();
}
