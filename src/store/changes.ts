import type { Kysely } from 'kysely';
import { isExpired } from '../model/in-force.ts';
import { isOn, type Outcome, outcome as outcomeSchema } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import type { IntentAnswer } from '../workflow/ports.ts';
import { takenOver } from './claims.ts';
import { parseRecord } from './record.ts';
import { intentRow, outcomeRow, verdictRow } from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Tables } from './schema.ts';
import type { Writer } from './writer.ts';

export function changeMethods({ write, append }: Writer) {
  return {
    recordIntent: (rollout: string, outcome: Outcome): Promise<IntentAnswer> =>
      write(async (transaction) => {
        const { intendedAt = '' } = outcome;
        const decided = await transaction
          .selectFrom('in_force')
          .select(['decision', 'approval', 'expires_at'])
          .where('rollout', '=', rollout)
          .where('key_arn', '=', outcome.keyArn)
          .executeTakeFirst();
        if (decided?.decision !== 'approve') return 'not-approved';
        if (isExpired(decided.expires_at, intendedAt)) return 'approval-expired';
        await requireNext(transaction, rollout, outcome);
        await saveChanges(transaction, [intentRow(rollout, outcome)]);
        const body = { approval: decided.approval, change: outcome };
        await append(transaction, rollout, { at: intendedAt, kind: 'intent', body });
        return 'recorded';
      }),

    recordOutcome: (rollout: string, outcome: Outcome): Promise<void> =>
      write(async (transaction) => {
        await saveChanges(transaction, [outcomeRow(rollout, outcome)]);
        const { finishedAt, checkedAt, intendedAt } = outcome;
        const at = finishedAt ?? checkedAt ?? intendedAt ?? '';
        await append(transaction, rollout, { at, kind: 'outcome', body: outcome });
      }),

    recordVerdict: (rollout: string, verdict: Verdict): Promise<void> =>
      write(async (transaction) => {
        await saveVerdicts(transaction, [verdictRow(rollout, verdict)]);
        await append(transaction, rollout, { at: verdict.readAt, kind: 'verdict', body: verdict });
      }),
  };
}

/**
 * A compare-and-set on the change as it was read: the count of calls moves with every announcement, so of two processes
 * that have read the same, one announces.
 */
async function requireNext(
  transaction: Kysely<Tables>,
  rollout: string,
  { keyArn, attempts }: Outcome,
): Promise<void> {
  const row = await transaction
    .selectFrom('changes')
    .select('record')
    .where('rollout', '=', rollout)
    .where('key_arn', '=', keyArn)
    .executeTakeFirst();
  const earlier = row && parseRecord(outcomeSchema, row.record);
  if ((earlier?.attempts ?? 0) + 1 !== attempts || (earlier && isOn(earlier.outcome))) throw takenOver();
}

/** Stores the rows of changes; of several on one key the last holds. */
export const saveChanges = (db: Kysely<Tables>, rows: readonly Tables['changes'][]): Promise<void> =>
  saveRows(db, 'changes', rows, ['rollout', 'key_arn']);

/** Stores the rows of verdicts; of several on one key the last holds. */
export const saveVerdicts = (db: Kysely<Tables>, rows: readonly Tables['verdicts'][]): Promise<void> =>
  saveRows(db, 'verdicts', rows, ['rollout', 'key_arn']);
