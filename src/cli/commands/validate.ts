import { chooseRollout } from '../../workflow/rollout/choose-rollout.ts';
import type { ExitCode } from '../exit.ts';
import { exitOfValidation, validateRollout } from '../phases/validate-rollout.ts';
import { withSession } from '../session/session.ts';
import type { ValidateOptions } from '../settings/takes.ts';
import { printNext } from '../show/print.ts';
import { showVerdicts } from '../show/verdicts.ts';

/** `keyturn validate`: reads the changed keys back and says which are as they should be. */
export async function runValidate(options: ValidateOptions): Promise<ExitCode> {
  return withSession(options, 'find', async (session) => {
    const rollout = await chooseRollout(session.store, options.rollout);
    const totals = await validateRollout(session, rollout, options);
    await showVerdicts(session, rollout, totals);
    if (!session.terminal.json) await printNext(session, options, rollout);
    return exitOfValidation(session, rollout, totals);
  });
}
