import type { Scope } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import { isAssessed, isOpen } from './choose-rollout.ts';
import { type OutcomeTotals, outcomesOf, totalOutcomes } from './outcomes.ts';
import type { Store } from './ports.ts';
import { totalVerdicts, type VerdictTotals } from './validate.ts';

export type PhaseReached = 'assessing' | 'assessed' | 'approved' | 'configured' | 'validated';

/** Where a rollout stands, and the command that leads on. */
export interface RolloutStatus {
  readonly rollout: string;
  readonly createdAt: string;
  readonly scope: Scope;
  readonly phase: PhaseReached;
  /** Something is left to decide or to do. */
  readonly open: boolean;
  readonly planDigest?: string;
  readonly listed: number;
  readonly candidate: number;
  readonly outcomes: OutcomeTotals;
  readonly verdicts: VerdictTotals;
  readonly next: NextCommand;
}

export type NextCommand = 'assess' | 'approve' | 'configure' | 'validate' | 'report';

export async function statusOf(store: Store, rollout: Rollout): Promise<RolloutStatus> {
  const places = await store.placeCounts(rollout.id);
  const outcomes = totalOutcomes(await outcomesOf(store, rollout.id));
  const verdicts = await totalVerdicts(store, rollout.id);
  const known = { places, outcomes, verdicts };
  const phase = phaseOf(rollout, known);
  return {
    rollout: rollout.id,
    createdAt: rollout.createdAt,
    scope: rollout.scope,
    phase,
    open: isAssessed(rollout) && (await isOpen(store, rollout)),
    ...(rollout.planDigest !== undefined && { planDigest: rollout.planDigest }),
    listed: sum(places, 'listed'),
    candidate: sum(places, 'candidate'),
    outcomes,
    verdicts,
    next: nextAfter(phase, known),
  };
}

interface Known {
  readonly places: readonly { readonly listed: number; readonly candidate: number }[];
  readonly outcomes: OutcomeTotals;
  readonly verdicts: VerdictTotals;
}

function phaseOf(rollout: Rollout, { outcomes, verdicts }: Known): PhaseReached {
  if (!isAssessed(rollout)) return 'assessing';
  const { confirmed, discrepant, unreadable, requested, notChanged } = verdicts;
  const judged = confirmed + discrepant + unreadable;
  if (judged > 0 && judged === requested - notChanged) return 'validated';
  if (requested > outcomes.pending) return 'configured';
  return requested > 0 ? 'approved' : 'assessed';
}

function nextAfter(phase: PhaseReached, { places, outcomes }: Known): NextCommand {
  if (phase === 'assessing') return 'assess';
  if (phase === 'assessed') return sum(places, 'candidate') > 0 ? 'approve' : 'report';
  if (outcomes.pending > 0) return 'configure';
  return phase === 'validated' || outcomes.enabled === 0 ? 'report' : 'validate';
}

function sum<K extends string>(rows: readonly Readonly<Record<K, number>>[], field: K): number {
  return rows.reduce((total, row) => total + row[field], 0);
}
