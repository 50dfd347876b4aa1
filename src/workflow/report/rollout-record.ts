import type { Rollout } from '../../model/rollout.ts';
import type { RolloutRecord } from '../../report/record.ts';
import type { Store } from '../ports.ts';
import { readOutcomes } from '../rollout/outcomes.ts';

/** Gathers what the store holds of a rollout, at whatever stage it is; what can be many stays in the store. */
export async function readRecord(store: Store, rollout: Rollout): Promise<RolloutRecord> {
  const { id } = rollout;
  return {
    rollout,
    places: await store.placeCounts(id),
    unreachable: await store.unreachablePlaces(id),
    approvals: await store.approvals(id),
    aliases: (keyArns) => store.primaryAliases(id, keyArns),
    findings: (filter) => store.findings(id, filter),
    decisions: () => store.decisions(id),
    submittedDecisions: (approval) => store.submittedDecisions(id, approval),
    outcomes: (filter) => readOutcomes(store, id, filter),
    verdicts: (filter) => store.verdicts(id, filter),
  };
}
