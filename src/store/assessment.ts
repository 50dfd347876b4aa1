import { type Kysely, sql } from 'kysely';
import * as z from 'zod';
import { type Finding, finding as findingSchema } from '../model/finding.ts';
import type { Event } from '../model/journal.ts';
import type { Place } from '../model/place.ts';
import { EVERY_REGION, type PlaceCounts, type UnreachablePlace } from '../model/plan.ts';
import type { FindingFilter, PlaceRecord } from '../workflow/ports.ts';
import { pages } from './pages.ts';
import { parseRecord, parseText, parseValue, refusedRecord } from './record.ts';
import { findingRow, placeRow } from './rows.ts';
import { saveRows } from './save-rows.ts';
import type { Tables } from './schema.ts';
import type { Writer } from './writer.ts';

/** Findings of a place that are held while they are worked on; there are many places at once. */
const PLACE_PAGE = 40;

const unreachable = z.object({
  account: z.string(),
  region: z.string(),
  reason: z.string(),
  fix: z.string(),
});

export function assessmentMethods(db: Kysely<Tables>, { write, append }: Writer) {
  return {
    placesToAssess: (rollout: string): Promise<Place[]> =>
      write(async (transaction) => {
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
      write(async (transaction) => {
        if (rest) await saveFindings(transaction, rollout, rest);
        await savePlace(transaction, rollout, record);
        await append(transaction, rollout, placeEvent(record));
      }),

    recordFindings: (rollout: string, findings: readonly Finding[]): Promise<void> =>
      write((transaction) => saveFindings(transaction, rollout, findings)),

    findings: async function* (
      rollout: string,
      { kind, place }: FindingFilter = {},
    ): AsyncGenerator<Finding> {
      const rows = pages((after: string | undefined, size) => {
        const query = db
          .selectFrom('findings')
          .selectAll()
          .where('rollout', '=', rollout)
          .$if(kind !== undefined, (q) => q.where('kind', '=', kind ?? ''))
          .$if(place !== undefined, (q) =>
            q.where('account', '=', place?.account ?? '').where('region', '=', place?.region ?? ''),
          )
          .where('key_arn', '>', after ?? '')
          .orderBy('key_arn')
          .limit(size);
        return query.execute().then((page) => page.map((row) => ({ cursor: row.key_arn, row })));
      }, place && PLACE_PAGE);
      for await (const row of rows) yield readFinding(row);
    },

    finding: async (rollout: string, keyArn: string): Promise<Finding | undefined> => {
      const row = await db
        .selectFrom('findings')
        .selectAll()
        .where('rollout', '=', rollout)
        .where('key_arn', '=', keyArn)
        .executeTakeFirst();
      return row && readFinding(row);
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

/**
 * Findings have no entries of their own in the journal, only a digest over all: that the columns follow from the record,
 * and that the record is written in one way only, is checked at every reading.
 */
function readFinding(row: Tables['findings']): Finding {
  const value = parseText(row.record);
  const finding = parseValue(findingSchema, value);
  const isTrue =
    row.key_arn === finding.keyArn && row.account === finding.account && row.region === finding.region;
  // A name that stands twice reads as one value for SQLite and as another here.
  const isWrittenOnce = JSON.stringify(value) === row.record;
  if (isTrue && row.kind === finding.kind && isWrittenOnce) return finding;
  throw refusedRecord(`the row of ${row.key_arn} in findings is not what its record says`);
}

const saveFindings = (db: Kysely<Tables>, rollout: string, findings: readonly Finding[]): Promise<void> =>
  saveRows(
    db,
    'findings',
    findings.map((each) => findingRow(rollout, each)),
    ['rollout', 'key_arn'],
  );

/** Stores the row of a place that was assessed, or could not be. */
export async function savePlace(db: Kysely<Tables>, rollout: string, record: PlaceRecord): Promise<void> {
  await saveRows(db, 'places', [placeRow(rollout, record)], ['rollout', 'account', 'region']);
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
    .select(['account', 'region', 'kind', (e) => e.fn.countAll<number>().as('keys')])
    .where('rollout', '=', rollout)
    .groupBy(['account', 'region', 'kind'])
    .execute();
  const stored = new Map(
    findings.map((row) => [`${row.account} ${row.region} ${row.kind}`, Number(row.keys)]),
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
