import { chooseRolloutToChange } from '../../workflow/rollout/choose-rollout.ts';
import type { ExitCode } from '../exit.ts';
import { approveRollout } from '../phases/approve-rollout.ts';
import { withSession } from '../session/session.ts';
import type { ApproveOptions } from '../settings/takes.ts';
import { sayRecorded } from '../show/recorded.ts';

/** `keyturn approve`: records which candidates a person wants turned on. */
export async function runApprove(options: ApproveOptions): Promise<ExitCode> {
  const offline = await import('../phases/approve-offline.ts');
  offline.checkWay(options);
  const { plan, out, import: path } = options;
  if (plan !== undefined && out !== undefined) return offline.runApprovePlan(options, plan, out);
  if (path !== undefined) return offline.runApproveImport(options, path);
  return withSession(options, 'find', async (session) => {
    const rollout = await chooseRolloutToChange(session.store, options.rollout);
    return sayRecorded(session, options, rollout, await approveRollout(session, rollout, options));
  });
}
