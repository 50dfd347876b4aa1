import type { TrustedKey } from '../../evidence/trust.ts';
import type { Decision } from '../../model/approval.ts';
import { APPROVAL_EXPIRED, isExpired } from '../../model/in-force.ts';
import { isOn, noOutcomes, type Outcome, type OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { VerdictTotals } from '../../model/verdict.ts';
import type { ApprovedCount, ApprovedFilter, ApprovedKey, Store } from '../ports.ts';
import { readCovers } from './signed-approvals.ts';

/** The outcome of each approved key, in the order of ARNs: `pending` until there is another one. */
export async function* readOutcomes(
  store: Store,
  rollout: string,
  filter?: ApprovedFilter,
): AsyncGenerator<Outcome> {
  for await (const key of store.approvedKeys(rollout, filter)) yield outcomeOf(key);
}

export function outcomeOf({ decision, change }: ApprovedKey): Outcome {
  return change ?? pending(decision);
}

export function pending({ keyArn, keyId, account, region, RotationPeriodInDays }: Decision): Outcome {
  return { keyArn, keyId, account, region, status: 'pending', RotationPeriodInDays, attempts: 0, drift: [] };
}

/** Counts everything that was approved by its outcome. */
export function totalOutcomes(counts: readonly ApprovedCount[]): OutcomeTotals {
  const totals = noOutcomes();
  for (const { outcome, keys } of counts) totals[outcome] += keys;
  return totals;
}

/** Approved keys whose change is due: for configure to make, or for a person to approve again first. */
export interface WorkLeft {
  readonly configure: number;
  readonly approve: number;
  /** Of those to approve: keys whose approval no trusted approver signed, if one has to. */
  readonly unsigned: number;
}

/** @param approvers whose signatures configure will require; undefined if none is */
export async function readWorkLeft(
  store: Store,
  rollout: AssessedRollout,
  now: Date,
  approvers: readonly TrustedKey[] | undefined,
): Promise<WorkLeft> {
  return approvers
    ? readSignedWorkLeft(store, rollout, now, approvers)
    : workLeft(await store.approvedCounts(rollout.id), now);
}

async function readSignedWorkLeft(
  store: Store,
  rollout: AssessedRollout,
  now: Date,
  approvers: readonly TrustedKey[],
): Promise<WorkLeft> {
  const covers = await readCovers(store, rollout, approvers);
  const left = { configure: 0, approve: 0, unsigned: 0 };
  for await (const { decision, change } of store.approvedKeys(rollout.id)) {
    const outcome = change?.status ?? 'pending';
    const expiresAt = covers.get(decision.keyArn)?.expiresAt;
    const isRefused = REFUSED.has(change?.reason ?? '');
    if (outcome === 'unsettled') left.configure += 1;
    else if (outcome === 'pending' || (isRefused && !isOn(outcome))) {
      if (expiresAt === undefined) left.unsigned += 1;
      left[isExpired(expiresAt ?? '', now.toISOString()) ? 'approve' : 'configure'] += 1;
    }
  }
  return left;
}

/** Reasons of changes that were not made since no approval covered them: another one may. */
const REFUSED: ReadonlySet<string> = new Set([APPROVAL_EXPIRED, 'not-signed', 'approval-replaced']);

/** Nothing is due on keys that failed or were skipped for another reason than that their approval had expired. */
export function workLeft(counts: readonly ApprovedCount[], now: Date): WorkLeft {
  const left = { configure: 0, approve: 0, unsigned: 0 };
  for (const { outcome, lapsed, expiresAt, keys } of counts) {
    // What is announced is settled first, whatever covers it.
    if (outcome === 'unsettled') left.configure += keys;
    else if (outcome === 'pending' || (lapsed && !isOn(outcome))) {
      left[isExpired(expiresAt, now.toISOString()) ? 'approve' : 'configure'] += keys;
    }
  }
  return left;
}

/** Counts everything that was approved by its verdict; `notChanged` is all that configure did not change. */
export function totalVerdicts(counts: readonly ApprovedCount[]): VerdictTotals {
  const totals = { requested: 0, confirmed: 0, discrepant: 0, unreadable: 0, notChanged: 0 };
  for (const { outcome, verdict, keys } of counts) {
    totals.requested += keys;
    if (verdict !== 'none') totals[verdict] += keys;
    if (outcome !== 'applied') totals.notChanged += keys;
  }
  return totals;
}
