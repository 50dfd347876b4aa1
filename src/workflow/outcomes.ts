import type { Decision } from '../model/approval.ts';
import type { Outcome, OutcomeKind } from '../model/outcome.ts';
import type { ApprovedKey, Store } from './ports.ts';

/** The outcome of each approved key: `pending` until there is another one. */
export async function outcomesOf(store: Store, rollout: string): Promise<Outcome[]> {
  return (await store.approvedKeys(rollout)).map(outcomeOf);
}

export function outcomeOf({ decision, change }: ApprovedKey): Outcome {
  if (!change) return pending(decision);
  return change.state === 'intended' ? { ...change.outcome, ...UNSETTLED } : change.outcome;
}

/** An announced change without an outcome is never to be read as "nothing happened". */
export const UNSETTLED = {
  outcome: 'pending',
  reason: 'unsettled',
  explanation:
    'The change was announced and its effect is not known; configure settles it by reading the key back.',
} as const;

export function pending({ keyArn, keyId, account, region, RotationPeriodInDays }: Decision): Outcome {
  return { keyArn, keyId, account, region, outcome: 'pending', RotationPeriodInDays, attempts: 0, drift: [] };
}

export type OutcomeTotals = Readonly<Record<OutcomeKind, number>>;

export function totalOutcomes(outcomes: readonly Outcome[]): OutcomeTotals {
  const totals = { enabled: 0, 'already-enabled': 0, skipped: 0, failed: 0, pending: 0 };
  for (const { outcome } of outcomes) totals[outcome] += 1;
  return totals;
}
