import type { AssessedRollout } from '../../model/rollout.ts';
import type { VerdictTotals } from '../../model/verdict.ts';
import { totalOutcomes } from '../../workflow/rollout/outcomes.ts';
import { validate } from '../../workflow/validate/validate.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { holderName } from '../session/machine-user.ts';
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
): Promise<VerdictTotals> {
  const { clock, signal } = openPhaseClock(stop);
  const { notify } = progress;
  const aws = await openAws(options, { rollout, role: 'assess', notify, clock });
  const holder = holderName('validate');
  const totals = await validate({ aws, store, clock, notify, signal, holder }, rollout, options.wait);
  progress.end();
  return totals;
}

/** Incomplete if a key is not as expected, could not be read, or was not changed. */
export async function exitOfValidation(
  { store }: Session,
  rollout: AssessedRollout,
  totals: VerdictTotals,
): Promise<ExitCode> {
  if (totals.discrepant + totals.unreadable > 0) return EXIT.incomplete;
  return exitOfOutcomes(totalOutcomes(await store.approvedCounts(rollout.id)));
}
