import { countNotOn, type OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Host } from '../../workflow/host.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { holderName } from '../session/machine-user.ts';
import { openAws } from '../session/open-aws.ts';
import { openPhaseClock } from '../session/phase-clock.ts';
import type { Session } from '../session/session.ts';
import type { AccessOptions } from '../settings/takes.ts';

/** What making the changes of a rollout works with. */
export async function configureHost(
  { store, progress: { notify }, signal: stop }: Session,
  rollout: AssessedRollout,
  options: AccessOptions,
): Promise<Host> {
  const { clock, signal } = openPhaseClock(stop);
  const aws = await openAws(options, { rollout, role: 'configure', notify, clock });
  return { aws, store, clock, notify, signal, holder: holderName('configure') };
}

/** Everything but "it is on" is something that a person has to know of. */
export function exitOfOutcomes(totals: OutcomeTotals): ExitCode {
  return countNotOn(totals) > 0 ? EXIT.incomplete : EXIT.done;
}
