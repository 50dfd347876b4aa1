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
import { approverOf, rankOf } from '../model/in-force.ts';
import { append, readHead } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

const approvers = z.array(z.string());
/** Decisions a statement. */
const BATCH = 1000;
const headerSchema = approvalSchema.omit({ decisions: true });

export function approvalMethods(db: Kysely<Tables>) {
  return {
    recordApproval: (approval: Approval, seen?: number): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { decisions, ...header } = approval;
        const { rollout, approval: id, at, planDigest, imported } = header;
        if (seen !== undefined && (await countApprovals(transaction, rollout)) !== seen)
          throw decidedMeanwhile();
        const { entries } = await readHead(transaction, rollout);
        await refuseTakingBack(transaction, approval);
        if (imported) await refuseOutdated(transaction, approval);
        await transaction
          .insertInto('approvals')
          .values({ rollout, id, at, plan_digest: planDigest, record: JSON.stringify(header) })
          .execute();
        for (let from = 0; from < decisions.length; from += BATCH) {
          await saveDecisions(transaction, header, entries + 1, from, decisions.slice(from, from + BATCH));
        }
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

/** One statement for many rows, as for findings. @param from the position of the first */
async function saveDecisions(
  transaction: Transaction<Tables>,
  header: Omit<Approval, 'decisions'>,
  number: number,
  from: number,
  decisions: readonly Decision[],
): Promise<void> {
  const { rollout, approval, expiresAt } = header;
  const rows = JSON.stringify(
    decisions.map((decided, index) => {
      const { keyArn, account, region, decision } = decided;
      const rank = rankOf({ decision, expiresAt, number });
      return [from + index, keyArn, account, region, decision, rank, JSON.stringify(decided)];
    }),
  );
  await sql`insert into submitted (rollout, approval, position, key_arn, decision, record)
    select ${rollout}, ${approval}, value ->> 0, value ->> 1, value ->> 4, value ->> 6
    from json_each(${rows})`.execute(transaction);
  await sql`insert into decisions (rollout, key_arn, approver, account, region, decision, approval, expires_at, rank, record)
    select ${rollout}, value ->> 1, ${approverOf(header)}, value ->> 2, value ->> 3, value ->> 4, ${approval},
      ${expiresAt}, value ->> 5, value ->> 6
    from json_each(${rows}) where true
    on conflict (rollout, key_arn, approver) do update set decision = excluded.decision,
      approval = excluded.approval, expires_at = excluded.expires_at, rank = excluded.rank,
      record = excluded.record`.execute(transaction);
  await sql`insert or replace into in_force
    select decisions.* from json_each(${rows}) join decisions
      on decisions.rollout = ${rollout} and decisions.key_arn = value ->> 1
      and decisions.rank = (select max(rank) from decisions other
        where other.rollout = ${rollout} and other.key_arn = value ->> 1)`.execute(transaction);
}

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

/** What was made elsewhere can arrive late: after its approver has decided otherwise it must not undo that. */
async function refuseOutdated(transaction: Transaction<Tables>, approval: Approval): Promise<void> {
  const problems: string[] = [];
  for (const { keyArn } of approval.decisions) {
    const later = await transaction
      .selectFrom('decisions')
      .innerJoin('approvals', (join) =>
        join
          .onRef('approvals.rollout', '=', 'decisions.rollout')
          .onRef('approvals.id', '=', 'decisions.approval'),
      )
      .select(['approvals.id', 'approvals.at'])
      .where('decisions.rollout', '=', approval.rollout)
      .where('decisions.key_arn', '=', keyArn)
      .where('decisions.approver', '=', approverOf(approval))
      .where('approvals.at', '>', approval.at)
      .executeTakeFirst();
    if (later) problems.push(`${keyArn}: its approver has decided since (approval ${later.id}, ${later.at})`);
  }
  if (problems.length === 0) return;
  throw new KeyturnError(
    'refused-decisions',
    'The same approver has decided on some of these keys later; nothing was recorded.',
    'Ask the approver for a new approval.',
    { problems },
  );
}

/** What was changed, or may have been, cannot be undecided: the totals would no longer hold what was done. */
async function refuseTakingBack(
  transaction: Transaction<Tables>,
  { rollout, decisions }: Approval,
): Promise<void> {
  const problems: string[] = [];
  for (const { keyArn, decision } of decisions) {
    if (decision === 'approve' || !(await isChanged(transaction, rollout, keyArn))) continue;
    problems.push(`${keyArn}: a change was made or begun; it is too late to ${decision}`);
  }
  if (problems.length === 0) return;
  throw new KeyturnError(
    'refused-decisions',
    'Some keys have been changed under the earlier approval; nothing was recorded.',
    'Leave those keys out. To turn rotation off again, use AWS KMS itself.',
    { problems },
  );
}

async function isChanged(
  transaction: Transaction<Tables>,
  rollout: string,
  keyArn: string,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('changes')
    .select('key_arn')
    .where('rollout', '=', rollout)
    .where('key_arn', '=', keyArn)
    .where((e) => e.or([e('state', '=', 'intended'), e('outcome', '=', 'enabled')]))
    .executeTakeFirst();
  return row !== undefined;
}

async function countSubmitted(
  db: Kysely<Tables>,
  rollout: string,
): Promise<Map<string, Partial<DecisionCounts>>> {
  const rows = await db
    .selectFrom('submitted')
    .select(['approval', 'decision', (e) => e.fn.countAll<number>().as('keys')])
    .where('rollout', '=', rollout)
    .groupBy(['approval', 'decision'])
    .execute();
  const counts = new Map<string, Partial<DecisionCounts>>();
  for (const { approval, decision, keys } of rows) {
    counts.set(approval, { ...counts.get(approval), [decision]: Number(keys) });
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
        'in_force.decision as standing',
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
            .where('decisions.decision', '=', 'decline')
            .as('declinedBy'),
      ])
      .where('findings.rollout', '=', rollout)
      .where('findings.finding', '=', 'candidate')
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
  if (!approval || !approver || !expiresAt || !decided) return { decision: 'undecided' as const };
  const { decision, reason } = parseRecord(decisionSchema, decided);
  return {
    decision,
    ...(reason !== undefined && { reason }),
    approval,
    approver,
    ...(decision === 'approve' && { expiresAt }),
    ...(decision === 'decline' && { declinedBy: parseRecord(approvers, declinedBy ?? '') }),
  };
}
