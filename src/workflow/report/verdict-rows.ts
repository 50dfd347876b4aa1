import type { Outcome } from '../../model/outcome.ts';
import type { Verdict, VerdictRow } from '../../model/verdict.ts';
import { joinByKey } from '../../report/rows.ts';
import type { Store } from '../ports.ts';
import { readOutcomes, totalVerdicts } from '../rollout/outcomes.ts';

/** One for each approved key, in the order of ARNs; none at all before validation has begun. */
export async function* readVerdictRows(store: Store, rollout: string): AsyncGenerator<VerdictRow> {
  const { confirmed, discrepant, unreadable } = totalVerdicts(await store.approvedCounts(rollout));
  if (confirmed + discrepant + unreadable === 0) return;
  const rows = joinByKey(readOutcomes(store, rollout), store.verdicts(rollout));
  for await (const [outcome, verdict] of rows) yield verdictOn(outcome, verdict);
}

function verdictOn(outcome: Outcome, verdict: Verdict | undefined): VerdictRow {
  if (verdict) return verdict;
  const { keyArn, keyId, account, region } = outcome;
  const none = { keyArn, keyId, account, region, differences: [], replicas: [] };
  return outcome.status === 'applied'
    ? { ...none, kind: 'not-validated', reason: 'changed since the last validation' }
    : { ...none, kind: 'not-changed', reason: outcome.status };
}
