import { type Kysely, sql, type Transaction } from 'kysely';
import * as z from 'zod';
import { type Finding, type FindingKind, finding as findingSchema } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { EVERY_REGION, type PlaceCounts, type UnreachablePlace } from '../model/plan.ts';
import type { FindingsBatch, PlaceRecord } from '../workflow/ports.ts';
import { append } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

const unreachable = z.object({
  account: z.string(),
  region: z.string(),
  reason: z.string(),
  fix: z.string(),
});

export function assessmentMethods(db: Kysely<Tables>) {
  return {
    placesToAssess: (rollout: string): Promise<Place[]> =>
      db.transaction().execute(async (transaction) => {
        const places = await transaction
          .selectFrom('places')
          .select(['account', 'region'])
          .where('rollout', '=', rollout)
          .where('listed', 'is', null)
          .where('region', '!=', EVERY_REGION)
          .orderBy('region')
          .orderBy('account')
          .execute();
        for (const { account, region } of places) {
          for (const table of ['findings', 'aws_managed'] as const) {
            await transaction
              .deleteFrom(table)
              .where('rollout', '=', rollout)
              .where('account', '=', account)
              .where('region', '=', region)
              .execute();
          }
        }
        return places;
      }),

    recordPlace: (rollout: string, record: PlaceRecord, rest?: FindingsBatch): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { account, region } = record.place;
        const listed = record.kind === 'assessed' ? record.listed : null;
        if (rest) await saveFindings(transaction, rollout, rest);
        await transaction
          .insertInto('places')
          .values({ rollout, account, region, listed, record: JSON.stringify(record.place) })
          .onConflict((conflict) =>
            conflict
              .columns(['rollout', 'account', 'region'])
              .doUpdateSet({ listed, record: JSON.stringify(record.place) }),
          )
          .execute();
        await append(transaction, rollout, {
          at: record.at,
          kind: `place-${record.kind}`,
          body: { ...record.place, listed },
        });
      }),

    recordFindings: (rollout: string, batch: FindingsBatch): Promise<void> =>
      db.transaction().execute((transaction) => saveFindings(transaction, rollout, batch)),

    findings: async function* (
      rollout: string,
      filter: { finding?: FindingKind } = {},
    ): AsyncGenerator<Finding> {
      const rows = pages((after: string | undefined, size) => {
        const query = db
          .selectFrom('findings')
          .select(['key_arn', 'record'])
          .where('rollout', '=', rollout)
          .$if(filter.finding !== undefined, (q) => q.where('finding', '=', filter.finding ?? ''))
          .where('key_arn', '>', after ?? '')
          .orderBy('key_arn')
          .limit(size);
        return query.execute().then((page) => page.map((row) => ({ cursor: row.key_arn, row })));
      });
      for await (const { record } of rows) yield parseRecord(findingSchema, record);
    },

    finding: async (rollout: string, keyArn: string): Promise<Finding | undefined> => {
      const row = await db
        .selectFrom('findings')
        .select('record')
        .where('rollout', '=', rollout)
        .where('key_arn', '=', keyArn)
        .executeTakeFirst();
      return row && parseRecord(findingSchema, row.record);
    },

    placeCounts: (rollout: string): Promise<PlaceCounts[]> => countPlaces(db, rollout),

    unreachablePlaces: async (rollout: string): Promise<UnreachablePlace[]> => {
      const rows = await db
        .selectFrom('places')
        .select('record')
        .where('rollout', '=', rollout)
        .where((e) => e(e.fn('json_extract', ['record', e.val('$.reason')]), 'is not', null))
        .orderBy('account')
        .orderBy('region')
        .execute();
      return rows.map(({ record }) => parseRecord(unreachable, record));
    },
  };
}

/**
 * One statement for many rows: built and compiled one by one, they cost more than SQLite takes to store them.
 * Each key is counted once: one that went after it was read as AWS managed is a finding now.
 */
async function saveFindings(
  db: Transaction<Tables>,
  rollout: string,
  { findings, awsManaged }: FindingsBatch,
): Promise<void> {
  if (findings.length > 0) {
    const rows = JSON.stringify(
      findings.map((each) => [each.keyArn, each.account, each.region, each.finding, JSON.stringify(each)]),
    );
    await sql`insert into findings (rollout, key_arn, account, region, finding, record)
      select ${rollout}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      from json_each(${rows}) where true
      on conflict (rollout, key_arn) do update set account = excluded.account, region = excluded.region,
        finding = excluded.finding, record = excluded.record`.execute(db);
    await sql`delete from aws_managed
      where rollout = ${rollout} and key_arn in (select value ->> 0 from json_each(${rows}))`.execute(db);
  }
  if (awsManaged.length > 0) {
    const rows = JSON.stringify(awsManaged.map(({ keyArn, place }) => [keyArn, place.account, place.region]));
    await sql`insert into aws_managed (rollout, key_arn, account, region)
      select ${rollout}, value ->> 0, value ->> 1, value ->> 2 from json_each(${rows}) where true
      on conflict do nothing`.execute(db);
  }
}

/** `listed` is what came off the pages; all else is counted from the rows that were stored. */
async function countPlaces(db: Kysely<Tables>, rollout: string): Promise<PlaceCounts[]> {
  const places = await db
    .selectFrom('places')
    .select(['account', 'region', 'listed'])
    .where('rollout', '=', rollout)
    .where('listed', 'is not', null)
    .orderBy('account')
    .orderBy('region')
    .execute();
  const findings = await db
    .selectFrom('findings')
    .select(['account', 'region', 'finding', (e) => e.fn.countAll<number>().as('keys')])
    .where('rollout', '=', rollout)
    .groupBy(['account', 'region', 'finding'])
    .execute();
  const awsManaged = await db
    .selectFrom('aws_managed')
    .select(['account', 'region', (e) => e.fn.countAll<number>().as('keys')])
    .where('rollout', '=', rollout)
    .groupBy(['account', 'region'])
    .execute();
  const stored = new Map(
    [...findings, ...awsManaged.map((row) => ({ ...row, finding: 'awsManaged' }))].map((row) => [
      `${row.account} ${row.region} ${row.finding}`,
      Number(row.keys),
    ]),
  );
  return places.map(({ account, region, listed }) => {
    const count = (finding: string) => stored.get(`${account} ${region} ${finding}`) ?? 0;
    const counts = {
      listed: listed ?? 0,
      candidate: count('candidate'),
      enabled: count('enabled'),
      ineligible: count('ineligible'),
      unknown: count('unknown'),
      awsManaged: count('awsManaged'),
    };
    const accounted =
      counts.candidate + counts.enabled + counts.ineligible + counts.unknown + counts.awsManaged;
    return { account, region, ...counts, reconciled: accounted === counts.listed };
  });
}
