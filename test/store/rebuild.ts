import type { Kysely } from 'kysely';
import type { JournalEntry } from '../../src/model/journal.ts';
import { saveApproval } from '../../src/store/approvals.ts';
import { savePlace } from '../../src/store/assessment.ts';
import { saveChanges, saveVerdicts } from '../../src/store/changes.ts';
import { saveAssessed, saveReached, saveRollout } from '../../src/store/rollouts.ts';
import { changeRow, verdictRow } from '../../src/store/rows.ts';
import type { Tables } from '../../src/store/schema.ts';
import type { PlaceRecord } from '../../src/workflow/ports.ts';

/**
 * Stores the rows that entries of a journal come to, in their order, with the very functions that stored them when the
 * entries were written.
 * @param db of a store of its own, without foreign keys: findings are not in the journal
 */
export async function rebuildRows(db: Kysely<Tables>, entries: readonly JournalEntry[]): Promise<void> {
  // On one key the last row holds, so of each kind many can be stored at once.
  const changes = new Map<string, Tables['changes']>();
  const verdicts = new Map<string, Tables['verdicts']>();
  for (const entry of entries) {
    if (entry.kind === 'intent') {
      const row = changeRow(entry.rollout, entry.body.change);
      changes.set(row.key_arn, row);
    } else if (entry.kind === 'outcome') {
      changes.set(entry.body.keyArn, changeRow(entry.rollout, entry.body));
    } else if (entry.kind === 'verdict') {
      verdicts.set(entry.body.keyArn, verdictRow(entry.rollout, entry.body));
    } else await rebuildRow(db, entry);
  }
  await saveChanges(db, [...changes.values()]);
  await saveVerdicts(db, [...verdicts.values()]);
}

async function rebuildRow(db: Kysely<Tables>, entry: JournalEntry): Promise<void> {
  switch (entry.kind) {
    case 'assess-begun':
      return saveRollout(db, entry.body);
    case 'accounts-reached': {
      const { rollout, accounts, places } = entry.body;
      return saveReached(db, rollout, accounts, places);
    }
    case 'place-assessed':
    case 'place-unreachable':
      return savePlace(db, entry.rollout, placeOf(entry));
    case 'assess-completed':
      return saveAssessed(db, entry.rollout, entry.at, entry.body.planDigest);
    case 'approval':
      return saveApproval(db, entry.body, entry.seq);
    default:
      return;
  }
}

function placeOf(
  entry: Extract<JournalEntry, { kind: 'place-assessed' | 'place-unreachable' }>,
): PlaceRecord {
  const { at } = entry;
  if (entry.kind === 'place-unreachable') return { kind: 'unreachable', place: entry.body, at };
  const { listed, awsManaged, ...place } = entry.body;
  return { kind: 'assessed', place, listed, awsManaged, at };
}
