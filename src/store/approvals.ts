import { type Kysely, sql, type Transaction } from 'kysely';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import {
  type Approval,
  type ApprovalHeader,
  approval as approvalSchema,
  type DecidedKey,
  type Decision,
  type DecisionCounts,
  decision as decisionSchema,
  type SubmittedDecision,
} from '../model/approval.ts';
import { approverOf } from '../model/in-force.ts';
import { readHead } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import { approvalRow, decisionRow, submittedRow } from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Tables } from './schema.ts';
import type { Writer } from './writer.ts';

const approvers = z.array(z.string());
/** Decisions a statement. */
const BATCH = 1000;
/** More than a person reads. */
const MAX_PROBLEMS = 101;
const headerSchema = approvalSchema.omit({ decisions: true });

export function approvalMethods(db: Kysely<Tables>, { write, append }: Writer) {
  return {
    recordApproval: (approval: Approval, seen?: number): Promise<void> =>
      write(async (transaction) => {
        const { rollout, at, imported } = approval;
        if (seen !== undefined && (await countApprovals(transaction, rollout)) !== seen)
          throw decidedMeanwhile();
        const { entries } = await readHead(transaction, rollout);
        await refuseTakingBack(transaction, approval);
        await refuseOutdated(transaction, approval);
        await saveApproval(transaction, approval, entries + 1);
        await append(transaction, rollout, { at: imported?.at ?? at, kind: 'approval', body: approval });
      }),

    approvals: async (rollout: string): Promise<ApprovalHeader[]> => {
      const rows = await db
        .selectFrom('approvals')
        .select(['id', 'record'])
        .where('rollout', '=', rollout)
        .orderBy('at')
        .orderBy('id')
        .execute();
      const counts = await countSubmitted(db, rollout);
      return rows.map(({ id, record }) => ({
        ...parseRecord(headerSchema, record),
        counts: { approve: 0, decline: 0, defer: 0, ...counts.get(id) },
      }));
    },

    submittedDecisions: (rollout: string, approval: string): AsyncGenerator<SubmittedDecision> =>
      readSubmitted(db, rollout, approval),

    isDecided: async (rollout: string): Promise<boolean> => {
      const row = await db
        .selectFrom('approvals')
        .select('id')
        .where('rollout', '=', rollout)
        .executeTakeFirst();
      return row !== undefined;
    },

    decisions: (rollout: string): AsyncGenerator<DecidedKey> => readDecisions(db, rollout),
  };
}

/**
 * Stores the rows of an approval and puts its decisions into force as `rankOf` says.
 * @param number of its entry in the journal
 */
export async function saveApproval(
  transaction: Kysely<Tables>,
  { decisions, ...header }: Approval,
  number: number,
): Promise<void> {
  await saveRows(transaction, 'approvals', [approvalRow(header)]);
  for (let from = 0; from < decisions.length; from += BATCH) {
    const batch = decisions.slice(from, from + BATCH);
    const submitted = batch.map((decided, index) => submittedRow(header, from + index, decided));
    await saveRows(transaction, 'submitted', submitted);
    const decided = batch.map((each) => decisionRow(header, number, each));
    await saveRows(transaction, 'decisions', decided, ['rollout', 'key_arn', 'approver']);
    await putInForce(transaction, header.rollout, batch);
  }
}

/**
 * Of the decisions on each key the one of the highest rank. `cross join` has SQLite go by the keys: otherwise it reads all
 * decisions of the rollout for each batch.
 */
async function putInForce(
  transaction: Kysely<Tables>,
  rollout: string,
  decided: readonly Decision[],
): Promise<void> {
  await sql`insert or replace into in_force
    select decisions.* from json_each(${arnsOf(decided)}) cross join decisions
      on decisions.rollout = ${rollout} and decisions.key_arn = value
      and decisions.rank = (select max(rank) from decisions other
        where other.rollout = ${rollout} and other.key_arn = value)`.execute(transaction);
}

const arnsOf = (decided: readonly Decision[]): string => JSON.stringify(decided.map(({ keyArn }) => keyArn));

async function countApprovals(transaction: Transaction<Tables>, rollout: string): Promise<number> {
  const { approvals } = await transaction
    .selectFrom('approvals')
    .select((e) => e.fn.countAll<number>().as('approvals'))
    .where('rollout', '=', rollout)
    .executeTakeFirstOrThrow();
  return Number(approvals);
}

function decidedMeanwhile(): KeyturnError {
  return new KeyturnError(
    'refused-decisions',
    'Somebody has decided meanwhile; nothing was recorded.',
    'Look at what is in force now, then decide again.',
  );
}

/**
 * Of one approver's decisions on a key the time never goes back: what was made elsewhere can arrive late and must not
 * undo what its approver has decided since, and a clock that was set back must not put decisions in another order.
 */
async function refuseOutdated(transaction: Transaction<Tables>, approval: Approval): Promise<void> {
  const { rows } = await sql<{ keyArn: string; id: string; at: string }>`
    select decisions.key_arn as keyArn, approvals.id, approvals.at
    from json_each(${arnsOf(approval.decisions)})
    cross join decisions on decisions.rollout = ${approval.rollout} and decisions.key_arn = value
      and decisions.approver = ${approverOf(approval)}
    cross join approvals on approvals.rollout = decisions.rollout and approvals.id = decisions.approval
    where approvals.at > ${approval.at} limit ${MAX_PROBLEMS}`.execute(transaction);
  if (rows.length === 0) return;
  throw new KeyturnError(
    'refused-decisions',
    'The same approver has decided on some of these keys later; nothing was recorded.',
    approval.imported
      ? 'Ask the approver for a new approval.'
      : 'Check the clock of this machine, then decide again.',
    {
      problems: rows.map(
        ({ keyArn, id, at }) => `${keyArn}: its approver decided on it at ${at} (approval ${id})`,
      ),
    },
  );
}

/** What was changed, or may have been, cannot be undecided: the totals would no longer hold what was done. */
async function refuseTakingBack(
  transaction: Transaction<Tables>,
  { rollout, decisions }: Approval,
): Promise<void> {
  const takenBack = decisions.filter(({ choice }) => choice !== 'approve');
  const decisionOn = new Map(takenBack.map(({ keyArn, choice }) => [keyArn, choice]));
  const { rows } = await sql<{ keyArn: string }>`select key_arn as keyArn
    from json_each(${arnsOf(takenBack)}) cross join changes on rollout = ${rollout} and key_arn = value
    where status in ('unsettled', 'applied') limit ${MAX_PROBLEMS}`.execute(transaction);
  if (rows.length === 0) return;
  throw new KeyturnError(
    'refused-decisions',
    'Some keys have been changed under the earlier approval; nothing was recorded.',
    'Leave those keys out. To turn rotation off again, use AWS KMS itself.',
    {
      problems: rows.map(
        ({ keyArn }) => `${keyArn}: a change was made or begun; it is too late to ${decisionOn.get(keyArn)}`,
      ),
    },
  );
}

async function countSubmitted(
  db: Kysely<Tables>,
  rollout: string,
): Promise<Map<string, Partial<DecisionCounts>>> {
  const rows = await db
    .selectFrom('submitted')
    .select(['approval', 'choice', (e) => e.fn.countAll<number>().as('keys')])
    .where('rollout', '=', rollout)
    .groupBy(['approval', 'choice'])
    .execute();
  const counts = new Map<string, Partial<DecisionCounts>>();
  for (const { approval, choice, keys } of rows) {
    counts.set(approval, { ...counts.get(approval), [choice]: Number(keys) });
  }
  return counts;
}

async function* readSubmitted(
  db: Kysely<Tables>,
  rollout: string,
  approval: string,
): AsyncGenerator<SubmittedDecision> {
  const rows = pages((after: number | undefined, size) =>
    db
      .selectFrom('submitted')
      .innerJoin('in_force', (join) =>
        join
          .onRef('in_force.rollout', '=', 'submitted.rollout')
          .onRef('in_force.key_arn', '=', 'submitted.key_arn'),
      )
      .select([
        'submitted.position',
        'submitted.record',
        'in_force.approval as inForce',
        'in_force.choice as standing',
      ])
      .where('submitted.rollout', '=', rollout)
      .where('submitted.approval', '=', approval)
      .where('submitted.position', '>', after ?? -1)
      .orderBy('submitted.position')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.position, row }))),
  );
  for await (const { record, inForce, standing } of rows) {
    yield { decision: parseRecord(decisionSchema, record), inForce, standing };
  }
}

async function* readDecisions(db: Kysely<Tables>, rollout: string): AsyncGenerator<DecidedKey> {
  const rows = pages((after: string | undefined, size) =>
    db
      .selectFrom('findings')
      .leftJoin('in_force', (join) =>
        join
          .onRef('in_force.rollout', '=', 'findings.rollout')
          .onRef('in_force.key_arn', '=', 'findings.key_arn'),
      )
      .select([
        'findings.key_arn as keyArn',
        'findings.account as account',
        'findings.region as region',
        'in_force.approval as approval',
        'in_force.approver as approver',
        'in_force.expires_at as expiresAt',
        'in_force.record as decided',
        (e) =>
          e
            .selectFrom('decisions')
            .select(sql<string>`json_group_array(approver order by approver)`.as('approvers'))
            .whereRef('decisions.rollout', '=', 'in_force.rollout')
            .whereRef('decisions.key_arn', '=', 'in_force.key_arn')
            .where('decisions.choice', '=', 'decline')
            .as('declinedBy'),
      ])
      .where('findings.rollout', '=', rollout)
      .where('findings.kind', '=', 'candidate')
      .where('findings.key_arn', '>', after ?? '')
      .orderBy('findings.key_arn')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.keyArn, row }))),
  );
  for await (const { keyArn, account, region, ...held } of rows) {
    const keyId = keyArn.slice(keyArn.lastIndexOf('/') + 1);
    yield { keyArn, keyId, account, region, ...decidedIn(held) };
  }
}

interface Held {
  readonly approval: string | null;
  readonly approver: string | null;
  readonly expiresAt: string | null;
  readonly decided: string | null;
  readonly declinedBy: string | null;
}

function decidedIn({ approval, approver, expiresAt, decided, declinedBy }: Held) {
  if (!approval || !approver || !expiresAt || !decided) return { choice: 'undecided' as const };
  const { choice, reason } = parseRecord(decisionSchema, decided);
  return {
    choice,
    ...(reason !== undefined && { reason }),
    approval,
    approver,
    ...(choice === 'approve' && { expiresAt }),
    ...(choice === 'decline' && { declinedBy: parseRecord(approvers, declinedBy ?? '') }),
  };
}
