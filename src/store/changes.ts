import { type Kysely, sql } from 'kysely';
import { isExpired, isLongBefore } from '../model/in-force.ts';
import { isOn, type Outcome, outcome as outcomeSchema } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Cover, IntentAnswer } from '../workflow/ports.ts';
import { takenOver } from './claims.ts';
import { parseRecord, refusedRecord } from './record.ts';
import { changeRow, verdictRow } from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Tables } from './schema.ts';
import type { Writer } from './writer.ts';

export function changeMethods({ write, append }: Writer) {
  return {
    recordIntent: (rollout: string, outcome: Outcome, cover?: Cover): Promise<IntentAnswer> =>
      write(async (transaction) => {
        const { intendedAt = '' } = outcome;
        const covering = await findCover(transaction, rollout, outcome, cover);
        if (typeof covering === 'string') return covering;
        if (isExpired(covering.expiresAt, intendedAt)) return 'approval-expired';
        // Of a machine that slept since: an approval covers nothing that was meant before it.
        if (isLongBefore(intendedAt, await recordedAt(transaction, rollout, covering.approval)))
          return 'approval-replaced';
        await requireNext(transaction, rollout, outcome);
        await saveChanges(transaction, [changeRow(rollout, outcome)]);
        const body = { approval: covering.approval, change: outcome };
        await append(transaction, rollout, { at: intendedAt, kind: 'intent', body });
        return 'recorded';
      }),

    recordOutcome: (rollout: string, outcome: Outcome): Promise<void> =>
      write(async (transaction) => {
        await saveChanges(transaction, [changeRow(rollout, outcome)]);
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

/** The approval that covers a change. Rows can only take from a cover that was read beforehand, never add to it. */
async function findCover(
  transaction: Kysely<Tables>,
  rollout: string,
  { keyArn, RotationPeriodInDays }: Outcome,
  cover: Cover | undefined,
): Promise<Pick<Cover, 'approval' | 'expiresAt'> | Exclude<IntentAnswer, 'recorded'>> {
  const decisions = await transaction
    .selectFrom('decisions')
    .select(['approver', 'choice', 'approval'])
    .where('rollout', '=', rollout)
    .where('key_arn', '=', keyArn)
    .execute();
  const inForce = await transaction
    .selectFrom('in_force')
    .select(['choice', 'approval', 'expires_at as expiresAt'])
    .where('rollout', '=', rollout)
    .where('key_arn', '=', keyArn)
    .executeTakeFirst();
  const isDeclined = decisions.some(({ choice }) => choice === 'decline');
  if (isDeclined || inForce?.choice !== 'approve') return 'not-approved';
  if (!cover) return inForce;
  const own = decisions.find(({ approver }) => approver === cover.approver);
  if (own?.choice !== 'approve') return 'not-approved';
  if (own.approval !== cover.approval) return 'approval-replaced';
  if (RotationPeriodInDays === cover.RotationPeriodInDays) return cover;
  throw refusedRecord(`the period of ${keyArn} in changes is not the one that was approved`);
}

/** When an approval was recorded. ISO 8601. */
async function recordedAt(db: Kysely<Tables>, rollout: string, approval: string): Promise<string> {
  const { at } = await db
    .selectFrom('approvals')
    .select(sql<string>`coalesce(record ->> '$.imported.at', at)`.as('at'))
    .where('rollout', '=', rollout)
    .where('id', '=', approval)
    .executeTakeFirstOrThrow();
  return at;
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
  if ((earlier?.attempts ?? 0) + 1 !== attempts || (earlier && isOn(earlier.status))) throw takenOver();
}

/** Stores the rows of changes; of several on one key the last holds. */
export const saveChanges = (db: Kysely<Tables>, rows: readonly Tables['changes'][]): Promise<void> =>
  saveRows(db, 'changes', rows, ['rollout', 'key_arn']);

/** Stores the rows of verdicts; of several on one key the last holds. */
export const saveVerdicts = (db: Kysely<Tables>, rows: readonly Tables['verdicts'][]): Promise<void> =>
  saveRows(db, 'verdicts', rows, ['rollout', 'key_arn']);
