import type { Decision } from '../model/approval.ts';
import type { Outcome, OutcomeTotals } from '../model/outcome.ts';
import type { VerdictTotals } from '../model/verdict.ts';
import type { ApprovedCount, ApprovedFilter, ApprovedKey, Store } from './ports.ts';

/** The outcome of each approved key, in the order of ARNs: `pending` until there is another one. */
export async function* readOutcomes(
  store: Store,
  rollout: string,
  filter?: ApprovedFilter,
): AsyncGenerator<Outcome> {
  for await (const key of store.approvedKeys(rollout, filter)) yield outcomeOf(key);
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

/** Counts everything that was approved by its outcome. */
export function totalOutcomes(counts: readonly ApprovedCount[]): OutcomeTotals {
  const totals = { enabled: 0, 'already-enabled': 0, skipped: 0, failed: 0, pending: 0 };
  for (const { outcome, keys } of counts) totals[outcome] += keys;
  return totals;
}

/** Counts everything that was approved by its verdict; `notChanged` is all that configure did not change. */
export function totalVerdicts(counts: readonly ApprovedCount[]): VerdictTotals {
  const totals = { requested: 0, confirmed: 0, discrepant: 0, unreadable: 0, notChanged: 0 };
  for (const { outcome, verdict, keys } of counts) {
    totals.requested += keys;
    if (verdict !== 'none') totals[verdict] += keys;
    if (outcome !== 'enabled') totals.notChanged += keys;
  }
  return totals;
}
