import type { PlanHeader } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';

/** The first line of a rollout's plan. Last use is not in the plan, so neither is whether it was asked for. */
export function planHeaderOf({ scope, RotationPeriodInDays }: Rollout): PlanHeader {
  const { lastUsage: _, ...stable } = scope;
  return { schema: 'keyturn/plan/v1', scope: stable, RotationPeriodInDays };
}
