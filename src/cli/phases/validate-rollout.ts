import type { AssessedRollout } from '../../model/rollout.ts';
import { totalOutcomes } from '../../workflow/rollout/outcomes.ts';
import { type CheckResult, validate } from '../../workflow/validate/validate.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { holderName } from '../session/machine-user.ts';
import { newId } from '../session/new-id.ts';
import { openAws } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import type { Session } from '../session/session.ts';
import type { ValidateOptions } from '../settings/takes.ts';
import { exitOfOutcomes } from './configure-rollout.ts';

/** Reads the changed keys back, and records what was found. */
export async function validateRollout(
  { store, progress, signal: stop }: Session,
  rollout: AssessedRollout,
  options: ValidateOptions,
): Promise<CheckResult> {
  const { clock, signal } = openPhaseClock(stop);
  const { notify } = progress;
  const aws = await openAws(options, { rollout, role: 'assess', notify, clock });
  const holder = holderName('validate');
  const newCheckId = () => newId(clock.now());
  const host = { aws, store, clock, notify, signal, holder, newCheckId };
  const result = await validate(host, rollout, options.wait);
  progress.end();
  return result;
}

/** Incomplete if a key is not as expected, could not be read, or was not changed. */
export async function exitOfValidation(
  { store }: Session,
  rollout: AssessedRollout,
  { totals }: CheckResult,
): Promise<ExitCode> {
  if (totals.discrepant + totals.unreadable > 0) return EXIT.incomplete;
  return exitOfOutcomes(totalOutcomes(await store.approvedCounts(rollout.id)));
}
