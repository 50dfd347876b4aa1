import { forTerminal } from '../../report/escape.ts';
import { reportFiles } from '../../workflow/report/report-files.ts';
import { followRecord } from '../../workflow/rollout/check-record.ts';
import { chooseRolloutToShow } from '../../workflow/rollout/choose-rollout.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { withSession } from '../session/session.ts';
import type { ReportOptions } from '../settings/takes.ts';
import { printJson } from '../show/print.ts';
import { openSigningKey } from '../signing/open-signing-key.ts';
import { VERSION } from '../version.ts';

/** `keyturn report`: writes everything that is known of a rollout, at any stage of it, sealed. */
export async function runReport(options: ReportOptions): Promise<ExitCode> {
  return withSession(options, 'read', async ({ store, terminal, signal }) => {
    const rollout = await chooseRolloutToShow(store, options.rollout);
    const key =
      options.signWith === undefined ? undefined : await openSigningKey(options.signWith, terminal, signal);
    const { writeReport } = await import('../../files/write-report.ts');
    const maker = { keyturnVersion: VERSION, ...(key && { key }) };
    // Counts and rows are read apart, and another process may be at work.
    const kind = { rollout: rollout.id, isSigned: key !== undefined };
    const files = await store.atOneTime(async () => {
      await followRecord(store, rollout.id);
      return writeReport(options.out, reportFiles(store, rollout, maker), kind);
    });
    if (terminal.json) await printJson(terminal, { rollout: rollout.id, files });
    else await terminal.out(`${files.map((file) => `${forTerminal(file)}\n`).join('')}`);
    return EXIT.done;
  });
}
