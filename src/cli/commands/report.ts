import { chooseRolloutToShow } from '../../workflow/choose-rollout.ts';
import { reportFiles } from '../../workflow/report-files.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type CommonOptions, withSession } from '../session.ts';
import { printJson } from '../show/print.ts';

export interface ReportOptions extends CommonOptions {
  readonly out: string;
}

/** `keyturn report`: writes everything that is known of a rollout, at any stage of it. */
export async function runReport(options: ReportOptions): Promise<ExitCode> {
  return withSession(options, 'find', async ({ store, terminal }) => {
    const rollout = await chooseRolloutToShow(store, options.rollout);
    const { writeReport } = await import('../../files/write-report.ts');
    // Counts and rows are read apart, and another process may be at work.
    const files = await store.atOneTime(() => writeReport(options.out, reportFiles(store, rollout)));
    if (terminal.json) await printJson(terminal, { rollout: rollout.id, files });
    else await terminal.out(`${files.map((file) => `${file}\n`).join('')}`);
    return EXIT.done;
  });
}
