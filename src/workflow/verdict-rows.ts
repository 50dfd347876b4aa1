import type { Outcome } from '../model/outcome.ts';
import type { Verdict, VerdictRow } from '../model/verdict.ts';
import { outcomesOf } from './outcomes.ts';
import type { Store } from './ports.ts';

/** One for each approved key, in the order of ARNs; none at all before validation has begun. */
export async function verdictRows(store: Store, rollout: string): Promise<VerdictRow[]> {
  const verdicts = new Map((await store.verdicts(rollout)).map((each) => [each.keyArn, each]));
  if (verdicts.size === 0) return [];
  return (await outcomesOf(store, rollout)).map((outcome) =>
    verdictOn(outcome, verdicts.get(outcome.keyArn)),
  );
}

function verdictOn(outcome: Outcome, verdict: Verdict | undefined): VerdictRow {
  const { keyArn, keyId, account, region } = outcome;
  if (outcome.outcome === 'enabled' && verdict) return verdict;
  const none = { keyArn, keyId, account, region, differences: [], replicas: [] };
  return outcome.outcome === 'enabled'
    ? { ...none, verdict: 'not-validated', reason: 'changed since the last validation' }
    : { ...none, verdict: 'not-changed', reason: outcome.outcome };
}
