import { isUnknownSigner, type TrustedKey } from '../../evidence/trust.ts';
import { approverOf } from '../../model/in-force.ts';
import type { Rollout } from '../../model/rollout.ts';
import { counted } from '../../report/document/phrases.ts';
import { forTerminal } from '../../report/escape.ts';
import type { Store } from '../../workflow/ports.ts';
import type { Terminal } from '../terminal.ts';

const MAX_NAMED = 10;

/** Warns of each approval that a key signed which is not among the trusted ones; of none if no key is trusted. */
export async function warnOfUnknownSigners(
  terminal: Terminal,
  store: Store,
  { id }: Pick<Rollout, 'id'>,
  approvers: readonly TrustedKey[],
): Promise<void> {
  const unknown = (await store.approvals(id)).filter((each) => isUnknownSigner(approvers, approverOf(each)));
  for (const { id, signature } of unknown.slice(0, MAX_NAMED)) {
    terminal.err(
      `warning: UNKNOWN KEY: approval ${forTerminal(id)} is signed by key ${signature?.keyid}, which no file of --trust-approver or trustedApprovers contains. Anyone can create a key.\n`,
    );
  }
  const more = unknown.length - MAX_NAMED;
  if (more > 0) terminal.err(`warning: ${counted(more, 'more approval')} by unknown keys.\n`);
}
