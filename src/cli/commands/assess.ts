import { addCounts } from '../../model/plan.ts';
import { countRefusals, type Refusals } from '../../workflow/approve/refusals.ts';
import type { ExitCode } from '../exit.ts';
import { type Assessed, assessScope, exitOfAssessment } from '../phases/assess-scope.ts';
import { withSession } from '../session/session.ts';
import type { ScopeOptions } from '../settings/takes.ts';
import { isAnyRefused } from '../show/counts.ts';
import { printJson, printNext } from '../show/print.ts';

/** `keyturn assess`: begins a rollout with a plan. */
export async function runAssess(options: ScopeOptions): Promise<ExitCode> {
  return withSession(options, 'make', async (session) => {
    const assessment = await assessScope(session, options);
    if (session.terminal.json) {
      const refusals = await countRefusals(session.store, assessment.rollout.id);
      await printJson(session.terminal, toJson(assessment, refusals));
    } else await printNext(session, options, assessment.rollout);
    return exitOfAssessment(assessment);
  });
}

function toJson({ rollout, planDigest, places, unreachable, gaps }: Assessed, keyPolicyRefusals: Refusals) {
  const totals = addCounts(places);
  return {
    rollout: rollout.id,
    planDigest,
    totals,
    places,
    unreachable,
    ...(isAnyRefused(keyPolicyRefusals) && { keyPolicyRefusals }),
    ...(gaps.length > 0 && { gaps }),
  };
}
