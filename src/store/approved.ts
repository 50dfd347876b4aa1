import type { Kysely, SelectQueryBuilder } from 'kysely';
import { decision as decisionSchema } from '../model/approval.ts';
import { APPROVAL_EXPIRED } from '../model/in-force.ts';
import { outcome as outcomeSchema } from '../model/outcome.ts';
import { VERDICTS, type Verdict, type VerdictKind, verdict as verdictSchema } from '../model/verdict.ts';
import type { ApprovedCount, ApprovedFilter, ApprovedKey, ApprovedPlace } from '../workflow/ports.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

/** Keys of a place that are held while they are worked on; there are many places at once. */
const PLACE_PAGE = 200;

/** What was approved, with what became of it. */
export function approvedMethods(db: Kysely<Tables>) {
  return {
    approvedKeys: (rollout: string, filter: ApprovedFilter = {}): AsyncGenerator<ApprovedKey> =>
      readApproved(db, rollout, filter),

    approvedKey: async (rollout: string, keyArn: string): Promise<ApprovedKey | undefined> => {
      const row = await withRecords(approved(db, rollout, {}))
        .where('in_force.key_arn', '=', keyArn)
        .executeTakeFirst();
      return row && toApprovedKey(row);
    },

    approvedPlaces: async (rollout: string, filter: ApprovedFilter = {}): Promise<ApprovedPlace[]> => {
      const rows = await approved(db, rollout, filter)
        .select(['in_force.account', 'in_force.region', (e) => e.fn.countAll<number>().as('keys')])
        .groupBy(['in_force.account', 'in_force.region'])
        .orderBy((e) => e.fn.count(e.case().when('changes.status', '=', 'unsettled').then(1).end()), 'desc')
        .orderBy((e) => e.fn.min('in_force.key_arn'))
        .execute();
      return rows.map(({ account, region, keys }) => ({ place: { account, region }, keys: Number(keys) }));
    },

    approvedCounts: async (rollout: string): Promise<ApprovedCount[]> => {
      const rows = await approved(db, rollout, {})
        .innerJoin('approvals', (join) =>
          join
            .onRef('approvals.rollout', '=', 'in_force.rollout')
            .onRef('approvals.id', '=', 'in_force.approval'),
        )
        .select([
          'approvals.plan_digest as planDigest',
          'in_force.expires_at as expiresAt',
          (e) => e('changes.reason', 'is not distinct from', APPROVAL_EXPIRED).as('lapsed'),
          (e) => e.fn.coalesce('changes.status', e.val('pending' as const)).as('ended'),
          'verdicts.kind as verdict',
          (e) => e.fn.countAll<number>().as('keys'),
        ])
        .groupBy(['planDigest', 'expiresAt', 'lapsed', 'ended', 'verdicts.kind'])
        .execute();
      return rows.map(({ planDigest, expiresAt, lapsed, ended, verdict, keys }) => ({
        planDigest,
        expiresAt,
        outcome: ended,
        lapsed: Boolean(lapsed),
        verdict: verdict ?? 'none',
        keys: Number(keys),
      }));
    },

    keysApprovedBy: (rollout: string, approver: string) => readApprovedBy(db, rollout, approver),

    verdicts: (rollout: string, filter: { kind?: VerdictKind } = {}): AsyncGenerator<Verdict> =>
      readVerdicts(db, rollout, filter.kind),
  };
}

/**
 * Approved keys beside their change and the verdict in force: one on a change whose outcome has become another says
 * nothing any more.
 */
function approved(db: Kysely<Tables>, rollout: string, filter: ApprovedFilter) {
  const { place, outcomes, verdicts } = filter;
  return db
    .selectFrom('in_force')
    .leftJoin('changes', (join) =>
      join
        .onRef('changes.rollout', '=', 'in_force.rollout')
        .onRef('changes.key_arn', '=', 'in_force.key_arn'),
    )
    .leftJoin('verdicts', (join) =>
      join
        .onRef('verdicts.rollout', '=', 'changes.rollout')
        .onRef('verdicts.key_arn', '=', 'changes.key_arn')
        .on('changes.status', '=', 'applied'),
    )
    .where('in_force.rollout', '=', rollout)
    .where('in_force.choice', '=', 'approve')
    .$if(place !== undefined, (query) =>
      query
        .where('in_force.account', '=', place?.account ?? '')
        .where('in_force.region', '=', place?.region ?? ''),
    )
    .$if(outcomes !== undefined, (query) =>
      query.where((e) => e(e.fn.coalesce('changes.status', e.val('pending')), 'in', outcomes ?? [])),
    )
    .$if(verdicts !== undefined, (query) =>
      query.where((e) => e(e.fn.coalesce('verdicts.kind', e.val('none')), 'in', verdicts ?? [])),
    );
}

type Approved = ReturnType<typeof approved>;
type Joined = Approved extends SelectQueryBuilder<infer DB, infer Table, object> ? [DB, Table] : never;

function withRecords<Row>(query: SelectQueryBuilder<Joined[0], Joined[1], Row>) {
  return query.select([
    'in_force.key_arn as keyArn',
    'in_force.record as decided',
    'in_force.expires_at as expiresAt',
    'changes.record as change',
  ]);
}

interface ApprovedRow {
  readonly decided: string;
  readonly expiresAt: string;
  readonly change: string | null;
}

function toApprovedKey({ decided, expiresAt, change }: ApprovedRow): ApprovedKey {
  return {
    decision: parseRecord(decisionSchema, decided),
    expiresAt,
    ...(change !== null && { change: parseRecord(outcomeSchema, change) }),
  };
}

async function* readApproved(
  db: Kysely<Tables>,
  rollout: string,
  filter: ApprovedFilter,
): AsyncGenerator<ApprovedKey> {
  const fetch = async (after: string | undefined, size: number) => {
    const page = await withRecords(approved(db, rollout, filter))
      .where('in_force.key_arn', '>', after ?? '')
      .orderBy('in_force.key_arn')
      .limit(size)
      .execute();
    return page.map((row) => ({ cursor: row.keyArn, row }));
  };
  for await (const row of pages(fetch, filter.place && PLACE_PAGE)) yield toApprovedKey(row);
}

async function* readApprovedBy(db: Kysely<Tables>, rollout: string, approver: string) {
  const fetch = async (after: string | undefined, size: number) => {
    const page = await db
      .selectFrom('decisions')
      .innerJoin('in_force', (join) =>
        join
          .onRef('in_force.rollout', '=', 'decisions.rollout')
          .onRef('in_force.key_arn', '=', 'decisions.key_arn'),
      )
      .select(['decisions.key_arn as keyArn', 'decisions.approval as approval'])
      .where('decisions.rollout', '=', rollout)
      .where('decisions.approver', '=', approver)
      .where('decisions.choice', '=', 'approve')
      .where('in_force.choice', '=', 'approve')
      .where('decisions.key_arn', '>', after ?? '')
      .orderBy('decisions.key_arn')
      .limit(size)
      .execute();
    return page.map((row) => ({ cursor: row.keyArn, row }));
  };
  yield* pages(fetch);
}

async function* readVerdicts(
  db: Kysely<Tables>,
  rollout: string,
  verdict: VerdictKind | undefined,
): AsyncGenerator<Verdict> {
  const fetch = async (after: string | undefined, size: number) => {
    const page = await approved(db, rollout, { verdicts: verdict ? [verdict] : VERDICTS })
      .select(['in_force.key_arn as keyArn', 'verdicts.record as record'])
      .where('in_force.key_arn', '>', after ?? '')
      .orderBy('in_force.key_arn')
      .limit(size)
      .execute();
    return page.map(({ keyArn, record }) => ({ cursor: keyArn, row: record ?? '' }));
  };
  for await (const record of pages(fetch)) yield parseRecord(verdictSchema, record);
}
