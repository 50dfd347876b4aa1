import type { OutcomeTotals } from './outcome.ts';
import type { RolloutPhase } from './phase.ts';

/** What a person does next in a rollout: `resume` an interrupted assessment, or one of the phases. */
export type NextStep = 'resume' | 'approve' | 'configure' | 'validate' | 'report';

export interface Standing {
  readonly phase: RolloutPhase;
  /** Whether the approver is shown a candidate. */
  readonly canApprove: boolean;
  readonly outcomes: OutcomeTotals;
  /** Approved keys that are due for configure, or for a new approval first. */
  readonly left: { readonly configure: number; readonly approve: number };
}

/** The one rule for what comes next, for every command and the page. `report` is also for a rollout that can go no further. */
export function decideNextStep({ phase, canApprove, outcomes, left }: Standing): NextStep {
  if (phase === 'assessing') return 'resume';
  if (phase === 'assessed') return canApprove ? 'approve' : 'report';
  if (left.configure > 0) return 'configure';
  if (left.approve > 0) return 'approve';
  return phase === 'validated' || outcomes.applied === 0 ? 'report' : 'validate';
}
