import { type Kysely, sql, type Transaction } from 'kysely';
import * as z from 'zod';
import { type Finding, finding as findingSchema } from '../model/finding.ts';
import type { Event } from '../model/journal.ts';
import type { Place } from '../model/place.ts';
import { EVERY_REGION, type PlaceCounts, type UnreachablePlace } from '../model/plan.ts';
import type { FindingFilter, PlaceRecord } from '../workflow/ports.ts';
import { append } from './journal.ts';
import { pages } from './pages.ts';
import { parseRecord } from './record.ts';
import type { Tables } from './schema.ts';

/** Findings of a place that are held while they are worked on; there are many places at once. */
const PLACE_PAGE = 40;

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
          await transaction
            .deleteFrom('findings')
            .where('rollout', '=', rollout)
            .where('account', '=', account)
            .where('region', '=', region)
            .execute();
        }
        return places;
      }),

    recordPlace: (rollout: string, record: PlaceRecord, rest?: readonly Finding[]): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const { account, region } = record.place;
        if (rest) await saveFindings(transaction, rollout, rest);
        const counted =
          record.kind === 'assessed'
            ? { listed: record.listed, aws_managed: record.awsManaged }
            : { listed: null, aws_managed: null };
        const row = { ...counted, record: JSON.stringify(record.place) };
        await transaction
          .insertInto('places')
          .values({ rollout, account, region, ...row })
          .onConflict((conflict) => conflict.columns(['rollout', 'account', 'region']).doUpdateSet(row))
          .execute();
        await append(transaction, rollout, placeEvent(record));
      }),

    recordFindings: (rollout: string, findings: readonly Finding[]): Promise<void> =>
      db.transaction().execute((transaction) => saveFindings(transaction, rollout, findings)),

    findings: async function* (
      rollout: string,
      { finding, place }: FindingFilter = {},
    ): AsyncGenerator<Finding> {
      const rows = pages((after: string | undefined, size) => {
        const query = db
          .selectFrom('findings')
          .select(['key_arn', 'record'])
          .where('rollout', '=', rollout)
          .$if(finding !== undefined, (q) => q.where('finding', '=', finding ?? ''))
          .$if(place !== undefined, (q) =>
            q.where('account', '=', place?.account ?? '').where('region', '=', place?.region ?? ''),
          )
          .where('key_arn', '>', after ?? '')
          .orderBy('key_arn')
          .limit(size);
        return query.execute().then((page) => page.map((row) => ({ cursor: row.key_arn, row })));
      }, place && PLACE_PAGE);
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

    primaryAliases: async (rollout: string, keyArns: readonly string[]): Promise<Map<string, string>> => {
      const { rows } = await sql<{ keyArn: string; alias: string }>`
        select key_arn as keyArn, record ->> '$.primaryAlias' as alias from findings
        where rollout = ${rollout} and record ->> '$.primaryAlias' is not null
          and key_arn in (select value from json_each(${JSON.stringify(keyArns)}))`.execute(db);
      return new Map(rows.map(({ keyArn, alias }) => [keyArn, alias]));
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

/** One statement for many rows: built and compiled one by one, they cost more than SQLite takes to store them. */
async function saveFindings(
  db: Transaction<Tables>,
  rollout: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  const rows = JSON.stringify(
    findings.map((each) => [each.keyArn, each.account, each.region, each.finding, JSON.stringify(each)]),
  );
  await sql`insert into findings (rollout, key_arn, account, region, finding, record)
    select ${rollout}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
    from json_each(${rows}) where true
    on conflict (rollout, key_arn) do update set account = excluded.account, region = excluded.region,
      finding = excluded.finding, record = excluded.record`.execute(db);
}

function placeEvent(record: PlaceRecord): Event {
  const { at } = record;
  if (record.kind === 'unreachable') return { at, kind: 'place-unreachable', body: record.place };
  const { place, listed, awsManaged } = record;
  return { at, kind: 'place-assessed', body: { ...place, listed, awsManaged } };
}

/** `listed` is what came off the pages; the findings are counted from the rows that were stored. */
async function countPlaces(db: Kysely<Tables>, rollout: string): Promise<PlaceCounts[]> {
  const places = await db
    .selectFrom('places')
    .select(['account', 'region', 'listed', 'aws_managed'])
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
  const stored = new Map(
    findings.map((row) => [`${row.account} ${row.region} ${row.finding}`, Number(row.keys)]),
  );
  return places.map(({ account, region, listed, aws_managed }) => {
    const count = (finding: string) => stored.get(`${account} ${region} ${finding}`) ?? 0;
    const counts = {
      listed: listed ?? 0,
      candidate: count('candidate'),
      enabled: count('enabled'),
      ineligible: count('ineligible'),
      unknown: count('unknown'),
      awsManaged: aws_managed ?? 0,
    };
    const accounted =
      counts.candidate + counts.enabled + counts.ineligible + counts.unknown + counts.awsManaged;
    return { account, region, ...counts, reconciled: accounted === counts.listed };
  });
}
