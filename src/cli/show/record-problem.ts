import type { Rollout } from '../../model/rollout.ts';
import { forTerminal } from '../../report/escape.ts';
import type { Store } from '../../workflow/ports.ts';
import { findRecordProblem } from '../../workflow/rollout/check-record.ts';
import type { Terminal } from '../terminal.ts';

/** Says beside what a command shows that the store is not what its journal says. @returns what is wrong, if anything */
export async function warnOfRecord(
  terminal: Terminal,
  store: Store,
  rollout: Rollout,
): Promise<string | undefined> {
  const problem = await findRecordProblem(store, rollout);
  if (problem !== undefined) {
    terminal.err(
      `warning: ${forTerminal(problem)} Do not trust what is shown. Nothing will be changed with it.\n`,
    );
  }
  return problem;
}
