import type { Kysely, Transaction } from 'kysely';
import { KeyturnError } from '../messages/error.ts';
import {
  type Approval,
  approval as approvalSchema,
  type DecidedKey,
  decision as decisionSchema,
} from '../model/approval.ts';
import { outcome as outcomeSchema } from '../model/outcome.ts';
import type { ApprovedKey } from '../workflow/ports.ts';
import { append } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

export function approvalMethods(db: Kysely<Tables>) {
  return {
    recordApproval: (approval: Approval): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { rollout, approval: id, at } = approval;
        await refuseTakingBack(transaction, approval);
        await transaction
          .insertInto('approvals')
          .values({ rollout, id, at, record: JSON.stringify(approval) })
          .execute();
        for (const decision of approval.decisions) {
          const row = { decision: decision.decision, approval: id, record: JSON.stringify(decision) };
          await transaction
            .insertInto('decisions')
            .values({ rollout, key_arn: decision.keyArn, ...row })
            .onConflict((conflict) => conflict.columns(['rollout', 'key_arn']).doUpdateSet(row))
            .execute();
        }
        await append(transaction, rollout, { at, kind: 'approval', body: approval });
      }),

    approvals: async (rollout: string): Promise<Approval[]> => {
      const rows = await db
        .selectFrom('approvals')
        .select('record')
        .where('rollout', '=', rollout)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map(({ record }) => parseRecord(approvalSchema, record));
    },

    isDecided: async (rollout: string): Promise<boolean> => {
      const row = await db
        .selectFrom('approvals')
        .select('id')
        .where('rollout', '=', rollout)
        .executeTakeFirst();
      return row !== undefined;
    },

    decisions: (rollout: string): AsyncGenerator<DecidedKey> => readDecisions(db, rollout),

    approvedKeys: async (rollout: string): Promise<ApprovedKey[]> => {
      const rows = await db
        .selectFrom('decisions')
        .innerJoin('approvals', (join) =>
          join
            .onRef('approvals.rollout', '=', 'decisions.rollout')
            .onRef('approvals.id', '=', 'decisions.approval'),
        )
        .leftJoin('changes', (join) =>
          join
            .onRef('changes.rollout', '=', 'decisions.rollout')
            .onRef('changes.key_arn', '=', 'decisions.key_arn'),
        )
        .select([
          'decisions.record as decided',
          'decisions.approval as approval',
          (e) => e.fn<string>('json_extract', ['approvals.record', e.val('$.planDigest')]).as('planDigest'),
          'changes.state as state',
          'changes.record as change',
        ])
        .where('decisions.rollout', '=', rollout)
        .where('decisions.decision', '=', 'approve')
        .orderBy('decisions.key_arn')
        .execute();
      return rows.map(({ decided, approval, planDigest, state, change }) => ({
        decision: parseRecord(decisionSchema, decided),
        approval,
        planDigest,
        ...(state && change && { change: { state, outcome: parseRecord(outcomeSchema, change) } }),
      }));
    },
  };
}

/** What was changed, or may have been, cannot be undecided: the totals would no longer hold what was done. */
async function refuseTakingBack(transaction: Transaction<Tables>, approval: Approval): Promise<void> {
  const begun = await transaction
    .selectFrom('changes')
    .select('key_arn')
    .where('rollout', '=', approval.rollout)
    .where((e) =>
      e.or([
        e('state', '=', 'intended'),
        e(e.fn<string>('json_extract', ['record', e.val('$.outcome')]), '=', 'enabled'),
      ]),
    )
    .execute();
  const changed = new Set(begun.map(({ key_arn }) => key_arn));
  const problems = approval.decisions
    .filter(({ keyArn, decision }) => decision !== 'approve' && changed.has(keyArn))
    .map(({ keyArn, decision }) => `${keyArn}: a change was made or begun; it is too late to ${decision}`);
  if (problems.length === 0) return;
  throw new KeyturnError(
    'refused-decisions',
    'Some keys have been changed under the earlier approval; nothing was recorded.',
    'Leave those keys out. To turn rotation off again, use AWS KMS itself.',
    { problems },
  );
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
