import type { AssessedRollout } from '../../model/rollout.ts';
import { approve, type Recorded } from '../../workflow/approve/approve.ts';
import { checkRecord } from '../../workflow/rollout/check-record.ts';
import { systemClock } from '../session/clock.ts';
import { submitterFrom } from '../session/machine-user.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import type { Session } from '../session/session.ts';
import type { ApproveOptions } from '../settings/takes.ts';
import { warnOfUnknownSigners } from '../show/unknown-signers.ts';
import { openSigningKey } from '../signing/open-signing-key.ts';
import { readApprovers } from '../signing/trusted-keys.ts';
import { showAndChoose } from './choose-keys.ts';

/** Shows the plan, lets a person choose, and records the choice with who submitted it. */
export async function approveRollout(
  session: Session,
  rollout: AssessedRollout,
  options: ApproveOptions,
): Promise<Recorded> {
  const { store, terminal, signal } = session;
  await checkRecord(store, rollout);
  await warnOfUnknownSigners(terminal, store, rollout, await readApprovers(options));
  const key =
    options.signWith === undefined ? undefined : await openSigningKey(options.signWith, terminal, signal);
  const chosen = await showAndChoose(session, rollout, options);
  // Asked before anything is recorded: an approval without a submitter is none.
  const { notify } = session.progress;
  const caller = await (await openAws(options, { rollout, role: 'assess', notify })).identify();
  signal.throwIfAborted();
  return approve({ store, clock: systemClock, newApprovalId: () => newId(new Date()) }, rollout, {
    ...chosen,
    submittedBy: submitterFrom(caller),
    ...(options.expires !== undefined && { lifeMs: options.expires }),
    ...(key && { key }),
    ...(options.reason !== undefined && { reason: options.reason.toWellFormed() }),
  });
}
