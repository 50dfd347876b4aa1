import { jsonText } from '../../model/json-text.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Store } from '../../workflow/ports.ts';
import { statusOf } from '../../workflow/rollout/status.ts';
import { readRequiredApprovers } from '../signing/trusted-keys.ts';
import type { Terminal } from '../terminal.ts';
import { type GivenOptions, nextCommand } from './command-line.ts';

export function printJson(terminal: Terminal, document: unknown): Promise<void> {
  return terminal.out(`${jsonText(document)}\n`);
}

/** Ends a command with the next one to type, as `status` has it. */
export async function printNext(
  { terminal, store }: { readonly terminal: Terminal; readonly store: Store },
  options: GivenOptions,
  { id }: Pick<Rollout, 'id'>,
): Promise<void> {
  const rollout = await store.findRollout(id);
  if (!rollout) return;
  const status = await statusOf(store, rollout, new Date(), await readRequiredApprovers(options));
  await terminal.out(`\nNext: ${nextCommand(options, status)}\n`);
}
