import { forTerminal } from '../../report/escape.ts';
import { planFile } from '../../workflow/approve/plan-file.ts';
import { followRecord } from '../../workflow/rollout/check-record.ts';
import { chooseRollout } from '../../workflow/rollout/choose-rollout.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { withSession } from '../session/session.ts';
import type { CommonOptions } from '../settings/takes.ts';
import { commandLine } from '../show/command-line.ts';
import { printJson } from '../show/print.ts';

/** `keyturn plan export FILE`: the plan for an approver who has neither the store nor access to AWS. */
export async function runPlanExport(path: string, options: CommonOptions): Promise<ExitCode> {
  return withSession(options, 'read', async ({ store, terminal }) => {
    const rollout = await chooseRollout(store, options.rollout);
    const { writeNewFile } = await import('../../files/write-text.ts');
    await store.atOneTime(async () => {
      await followRecord(store, rollout.id);
      await writeNewFile(path, planFile(store, rollout));
    });
    const { id, planDigest } = rollout;
    if (terminal.json) await printJson(terminal, { rollout: id, planDigest, file: path });
    else {
      await terminal.out(
        `Plan ${planDigest} of rollout ${id} is in ${forTerminal(path)}.\n` +
          '\nThe approver runs: keyturn approve --plan FILE --out approval.json --sign-with KEY\n' +
          `Then here:         ${commandLine(options, rollout, 'approve --import approval.json --trust KEYS')}\n`,
      );
    }
    return EXIT.done;
  });
}
