import type { Finding } from '../../model/finding.ts';
import { approverOf } from '../../model/in-force.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { Cover, Store } from '../ports.ts';

const BATCH = 500;

/**
 * Makes a store say again what a journal says: each entry goes through the very method that wrote it. What the store
 * then holds, its journal included, is what it held when the evidence was made, if the evidence is true.
 * @param store an empty one
 * @param findings all of them: the journal holds their digest only
 */
export async function replay(
  store: Store,
  entries: AsyncIterable<JournalEntry>,
  findings: AsyncIterable<Finding>,
): Promise<void> {
  const covers = new Map<string, Omit<Cover, 'RotationPeriodInDays'>>();
  for await (const entry of entries) {
    if (entry.kind === 'approval') {
      const { id, expiresAt } = entry.body;
      covers.set(id, { approval: id, expiresAt, approver: approverOf(entry.body) });
    }
    await replayEntry(store, entry, covers);
    if (entry.kind === 'assess-begun') await storeFindings(store, entry.rollout, findings);
  }
}

async function replayEntry(
  store: Store,
  entry: JournalEntry,
  covers: ReadonlyMap<string, Omit<Cover, 'RotationPeriodInDays'>>,
): Promise<void> {
  const { rollout, at } = entry;
  switch (entry.kind) {
    case 'assess-begun':
      return store.createRollout(entry.body, []);
    case 'accounts-reached': {
      const { rollout: widened, accounts, places } = entry.body;
      return store.recordReached(widened, accounts, places, at);
    }
    case 'place-assessed': {
      const { listed, awsManaged, ...place } = entry.body;
      return store.recordPlace(rollout, { kind: 'assessed', place, listed, awsManaged, at });
    }
    case 'place-unreachable':
      return store.recordPlace(rollout, { kind: 'unreachable', place: entry.body, at });
    case 'assess-completed':
      return store.completeAssessment(rollout, at, entry.body);
    case 'approval':
      return store.recordApproval(entry.body);
    case 'intent': {
      const { approval, change } = entry.body;
      const { RotationPeriodInDays } = change;
      const cover = covers.get(approval);
      await store.recordIntent(rollout, change, cover && { ...cover, RotationPeriodInDays });
      return;
    }
    case 'outcome':
      return store.recordOutcome(rollout, entry.body);
    case 'verdict':
      return store.recordVerdict(rollout, entry.body);
    case 'configure-begun':
    case 'check-begun':
      return store.journal(rollout, entry);
  }
}

async function storeFindings(store: Store, rollout: string, findings: AsyncIterable<Finding>): Promise<void> {
  let batch: Finding[] = [];
  for await (const finding of findings) {
    batch.push(finding);
    if (batch.length < BATCH) continue;
    await store.recordFindings(rollout, batch);
    batch = [];
  }
  await store.recordFindings(rollout, batch);
}
