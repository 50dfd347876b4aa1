import type { Decision } from '../model/approval.ts';
import type { Outcome, OutcomeKind } from '../model/outcome.ts';
import type { ApprovedKey, Store } from './ports.ts';

/** The outcome of each approved key: `pending` until there is another one. */
export async function outcomesOf(store: Store, rollout: string): Promise<Outcome[]> {
  return (await store.approvedKeys(rollout)).map(outcomeOf);
}

export function outcomeOf({ decision, change }: ApprovedKey): Outcome {
  return change?.outcome ?? pending(decision);
}

export function pending({ keyArn, keyId, account, region, RotationPeriodInDays }: Decision): Outcome {
  return { keyArn, keyId, account, region, outcome: 'pending', RotationPeriodInDays, attempts: 0, drift: [] };
}

export type OutcomeTotals = Readonly<Record<OutcomeKind, number>>;

export function totalOutcomes(outcomes: readonly Outcome[]): OutcomeTotals {
  const totals = { enabled: 0, 'already-enabled': 0, skipped: 0, failed: 0, pending: 0 };
  for (const { outcome } of outcomes) totals[outcome] += 1;
  return totals;
}
