import type { Kysely, Transaction } from 'kysely';
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
import { append } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

const headerSchema = approvalSchema.omit({ decisions: true });

export function approvalMethods(db: Kysely<Tables>) {
  return {
    recordApproval: (approval: Approval): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { decisions, ...header } = approval;
        const { rollout, approval: id, at, planDigest } = header;
        await refuseTakingBack(transaction, approval);
        await transaction
          .insertInto('approvals')
          .values({ rollout, id, at, plan_digest: planDigest, record: JSON.stringify(header) })
          .execute();
        for (const [position, decision] of decisions.entries()) {
          await saveDecision(transaction, header, position, decision);
        }
        await append(transaction, rollout, { at, kind: 'approval', body: approval });
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

async function saveDecision(
  transaction: Transaction<Tables>,
  { rollout, approval }: Pick<Approval, 'rollout' | 'approval'>,
  position: number,
  decided: Decision,
): Promise<void> {
  const { keyArn, account, region, decision } = decided;
  const row = { decision, approval, record: JSON.stringify(decided) };
  await transaction
    .insertInto('submitted')
    .values({ rollout, position, key_arn: keyArn, ...row })
    .execute();
  await transaction
    .insertInto('decisions')
    .values({ rollout, key_arn: keyArn, account, region, ...row })
    .onConflict((conflict) => conflict.columns(['rollout', 'key_arn']).doUpdateSet(row))
    .execute();
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
      .innerJoin('decisions', (join) =>
        join
          .onRef('decisions.rollout', '=', 'submitted.rollout')
          .onRef('decisions.key_arn', '=', 'submitted.key_arn'),
      )
      .select(['submitted.position', 'submitted.record', 'decisions.approval as inForce'])
      .where('submitted.rollout', '=', rollout)
      .where('submitted.approval', '=', approval)
      .where('submitted.position', '>', after ?? -1)
      .orderBy('submitted.position')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.position, row }))),
  );
  for await (const { record, inForce } of rows) {
    yield { decision: parseRecord(decisionSchema, record), inForce };
  }
}

async function* readDecisions(db: Kysely<Tables>, rollout: string): AsyncGenerator<DecidedKey> {
  const rows = pages((after: string | undefined, size) =>
    db
      .selectFrom('findings')
      .leftJoin('decisions', (join) =>
        join
          .onRef('decisions.rollout', '=', 'findings.rollout')
          .onRef('decisions.key_arn', '=', 'findings.key_arn'),
      )
      .select([
        'findings.key_arn as keyArn',
        'findings.account as account',
        'findings.region as region',
        'decisions.approval as approval',
        'decisions.record as decided',
      ])
      .where('findings.rollout', '=', rollout)
      .where('findings.finding', '=', 'candidate')
      .where('findings.key_arn', '>', after ?? '')
      .orderBy('findings.key_arn')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.keyArn, row }))),
  );
  for await (const { keyArn, account, region, approval, decided } of rows) {
    const keyId = keyArn.slice(keyArn.lastIndexOf('/') + 1);
    const { decision, reason } = decided
      ? parseRecord(decisionSchema, decided)
      : { decision: 'undecided' as const };
    yield {
      keyArn,
      keyId,
      account,
      region,
      decision,
      ...(reason !== undefined && { reason }),
      ...(approval !== null && { approval }),
    };
  }
}
