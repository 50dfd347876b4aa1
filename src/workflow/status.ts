import type { OutcomeTotals } from '../model/outcome.ts';
import { phaseReached, type RolloutPhase } from '../model/phase.ts';
import { addCounts, type Scope } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { VerdictTotals } from '../model/verdict.ts';
import { isAssessed, isOpen } from './choose-rollout.ts';
import { totalOutcomes, totalVerdicts, type WorkLeft, workLeft } from './outcomes.ts';
import type { Store } from './ports.ts';

/** Where a rollout stands, and the command that leads on. */
export interface RolloutStatus {
  readonly rollout: string;
  readonly createdAt: string;
  readonly scope: Scope;
  readonly phase: RolloutPhase;
  /** Something is left to decide or to do. */
  readonly open: boolean;
  readonly planDigest?: string;
  readonly listed: number;
  readonly candidate: number;
  readonly outcomes: OutcomeTotals;
  readonly verdicts: VerdictTotals;
  /** Keys that are due, and whose approval has expired. */
  readonly expired: number;
  readonly next: NextCommand;
}

export type NextCommand = 'assess' | 'approve' | 'configure' | 'validate' | 'report';

export async function statusOf(store: Store, rollout: Rollout, now: Date): Promise<RolloutStatus> {
  const places = await store.placeCounts(rollout.id);
  const approved = await store.approvedCounts(rollout.id);
  const outcomes = totalOutcomes(approved);
  const verdicts = totalVerdicts(approved);
  const left = workLeft(approved, now);
  const { listed, candidate } = addCounts(places);
  const { confirmed, discrepant, unreadable } = verdicts;
  const phase = phaseReached({
    planDigest: rollout.planDigest,
    decided: await store.isDecided(rollout.id),
    outcomes,
    judged: confirmed + discrepant + unreadable,
  });
  return {
    rollout: rollout.id,
    createdAt: rollout.createdAt,
    scope: rollout.scope,
    phase,
    open: isAssessed(rollout) && (await isOpen(store, rollout, outcomes)),
    ...(rollout.planDigest !== undefined && { planDigest: rollout.planDigest }),
    listed,
    candidate,
    outcomes,
    verdicts,
    expired: left.approve,
    next: nextAfter(phase, candidate, outcomes, left),
  };
}

function nextAfter(
  phase: RolloutPhase,
  candidates: number,
  { enabled }: OutcomeTotals,
  left: WorkLeft,
): NextCommand {
  if (phase === 'assessing') return 'assess';
  if (phase === 'assessed') return candidates > 0 ? 'approve' : 'report';
  if (left.configure > 0) return 'configure';
  if (left.approve > 0) return 'approve';
  return phase === 'validated' || enabled === 0 ? 'report' : 'validate';
}
