import type { AssessedRollout } from '../../model/rollout.ts';
import type { Recorded } from '../../workflow/approve.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { CommonOptions } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { next, printJson } from './print.ts';

/** Says what is in force after an approval was recorded. */
export async function sayRecorded(
  terminal: Terminal,
  options: CommonOptions,
  rollout: AssessedRollout,
  recorded: Recorded,
): Promise<ExitCode> {
  const { approved, declined, deferred, undecided, blocked } = recorded;
  if (terminal.json) {
    const counts = { approved, declined, deferred, undecided, ...(blocked > 0 && { blocked }) };
    await printJson(terminal, { rollout: rollout.id, planDigest: rollout.planDigest, ...counts });
    return EXIT.done;
  }
  await terminal.out(
    `Recorded. ${terminal.bold(`${approved} approved`)}, ${declined} declined, ${deferred} deferred, ${undecided} undecided (not approved).\n`,
  );
  if (blocked > 0) await terminal.out(`${blocked} of the approved keys stay declined: ${WHO_DECLINES}\n`);
  if (approved > 0) await terminal.out(next(options, rollout, 'configure'));
  return EXIT.done;
}

const WHO_DECLINES = 'keyturn list decisions --decision decline says by whom; each has to withdraw it.';
