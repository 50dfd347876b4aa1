import { chooseRollout } from '../../workflow/choose-rollout.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type CommonOptions, withSession } from '../session.ts';

export interface ReportOptions extends CommonOptions {
  readonly out: string;
}

export async function runReport(options: ReportOptions): Promise<ExitCode> {
  return withSession(options, 'find', async ({ store }) => {
    await chooseRollout(store, options.rollout);
    return EXIT.done;
  });
}
