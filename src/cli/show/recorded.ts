import type { AssessedRollout } from '../../model/rollout.ts';
import type { Recorded } from '../../workflow/approve/approve.ts';
import type { Store } from '../../workflow/ports.ts';
import { countNotSeen } from '../../workflow/rollout/status.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { CommonOptions } from '../settings/takes.ts';
import type { Terminal } from '../terminal.ts';
import { commandLine } from './command-line.ts';
import { isAnyRefused, notSeenText, refusalSentences } from './counts.ts';
import { printJson, printNext } from './print.ts';

/** Says what is in force after an approval was recorded. */
export async function sayRecorded(
  { terminal, store }: { readonly terminal: Terminal; readonly store: Store },
  options: CommonOptions,
  rollout: AssessedRollout,
  recorded: Recorded,
  /** More fields for JSON. */
  more: Readonly<Record<string, unknown>> = {},
): Promise<ExitCode> {
  const { approved, declined, deferred, undecided, blocked, refusals } = recorded;
  if (terminal.json) {
    const counts = { approved, declined, deferred, undecided, ...(blocked > 0 && { blocked }) };
    const { id, planDigest } = rollout;
    const notSeen = await countNotSeen(store, rollout, await store.placeCounts(id));
    await printJson(terminal, {
      rollout: id,
      planDigest,
      ...counts,
      ...(notSeenText(notSeen) !== '' && { notSeen }),
      ...(isAnyRefused(refusals) && { keyPolicyRefusals: refusals }),
      ...more,
    });
    return EXIT.done;
  }
  await terminal.out(
    `Recorded. ${terminal.bold(`${approved} approved`)}, ${declined} declined, ${deferred} deferred, ${undecided} undecided (not approved).\n`,
  );
  if (blocked > 0) {
    const who = commandLine(options, rollout, 'list decisions --decision decline');
    await terminal.out(
      `${blocked} of the approved keys stay declined: ${who} shows by whom. Each of them has to withdraw it.\n`,
    );
  }
  for (const sentence of refusalSentences(refusals, 'approved key'))
    await terminal.out(terminal.yellow(sentence));
  await printNext({ terminal, store }, options, rollout);
  return EXIT.done;
}
