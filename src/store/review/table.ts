import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Finding } from '../../model/finding.ts';
import { finding as findingSchema } from '../../model/finding.ts';
import type { Property } from '../../model/review-words.ts';
import { pages } from '../pages.ts';
import { parseRecord } from '../record.ts';
import type { Tables } from '../schema.ts';

/** Columns that stand in a finding's record, by the property that asks for them. */
const IN_RECORD = {
  keyId: sql`record ->> '$.keyId'`,
  reason: sql`record ->> '$.reason'`,
  rotation: sql`record ->> '$.rotation'`,
  alias: sql`(select group_concat(value, ', ') from json_each(record, '$.aliases'))`,
  description: sql`record ->> '$.Description'`,
  tags: sql`(select group_concat(key || '=' || value, ', ') from json_each(record, '$.tags'))`,
  usage: sql`record ->> '$.KeyUsage'`,
  spec: sql`record ->> '$.KeySpec'`,
  state: sql`record ->> '$.KeyState'`,
  origin: sql`record ->> '$.Origin'`,
  stack: sql`record ->> '$.tags."aws:cloudformation:stack-name"'`,
  warning: sql`case when kind = 'candidate' and
    record ->> '$.policy.enableKeyRotation.access' in ('refused', 'conditional')
    then record ->> '$.policy.enableKeyRotation.access' end`,
  lastUsed: sql`record ->> '$.lastUsage.KeyLastUsage.Timestamp'`,
  created: sql`record ->> '$.CreationDate'`,
} as const satisfies Partial<Record<Property, RawBuilder<unknown>>>;
type InRecord = keyof typeof IN_RECORD;

/** The findings of one rollout, taken apart once: what a page lists, sorts and filters by. */
interface KeysTable extends Record<InRecord, string> {
  key_arn: string;
  account: string;
  region: string;
  finding: Finding['kind'];
  /** The same for keys whose rotation costs the same. */
  costs: string;
  /** What a word without a property is looked for in, in lower case. */
  words: string;
  /** Whether the rollout's `where` is true of it. */
  shown: 0 | 1;
}

export interface ReviewTables extends Tables {
  review_keys: KeysTable;
  review_selected: { selection: string; key_arn: string };
}

export const RECORD_COLUMNS = Object.keys(IN_RECORD) as InRecord[];

/**
 * Takes the findings of a rollout apart into a table of this connection alone, in memory: JSON taken apart again at
 * every question would be too slow for 100,000 keys, and the store itself stays as it is.
 */
export async function makeReviewTables(
  db: Kysely<Tables>,
  rollout: string,
  isShown?: (finding: Finding) => boolean,
): Promise<Kysely<ReviewTables>> {
  await sql`pragma temp_store = memory`.execute(db);
  await sql`drop table if exists temp.review_keys`.execute(db);
  await sql`drop table if exists temp.review_selected`.execute(db);
  const columns = RECORD_COLUMNS.map((name) => sql`coalesce(${IN_RECORD[name]}, '') as ${sql.ref(name)}`);
  const words = ['key_arn', 'alias', 'description', 'tags', 'reason', 'state', 'spec', 'usage'].map((name) =>
    sql.ref(name),
  );
  await sql`create temp table review_keys as
    select *, lower(${sql.join(words, sql` || char(10) || `)}) as words, ${isShown ? 0 : 1} as shown from (
      select key_arn, account, region, kind as finding, ${sql.join(columns)},
        json_array(record -> '$.pastRotations', record -> '$.MultiRegionConfiguration.MultiRegionKeyType',
          json_array_length(record, '$.MultiRegionConfiguration.ReplicaKeys')) as costs
      from findings where rollout = ${rollout} order by key_arn)`.execute(db);
  await sql`create unique index temp.review_by_arn on review_keys (key_arn)`.execute(db);
  await sql`create temp table review_selected (selection text not null, key_arn text not null,
    primary key (selection, key_arn)) without rowid`.execute(db);
  if (isShown) await markShown(db, rollout, isShown);
  return db.withTables<Pick<ReviewTables, 'review_keys' | 'review_selected'>>() as Kysely<ReviewTables>;
}

async function markShown(
  db: Kysely<Tables>,
  rollout: string,
  isShown: (finding: Finding) => boolean,
): Promise<void> {
  const rows = pages((after: string | undefined, size) =>
    db
      .selectFrom('findings')
      .select(['key_arn', 'record'])
      .where('rollout', '=', rollout)
      .where('key_arn', '>', after ?? '')
      .orderBy('key_arn')
      .limit(size)
      .execute()
      .then((page) => page.map((row) => ({ cursor: row.key_arn, row }))),
  );
  let shown: string[] = [];
  const mark = () =>
    sql`update temp.review_keys set shown = 1
      where key_arn in (select value from json_each(${JSON.stringify(shown)}))`.execute(db);
  for await (const { key_arn, record } of rows) {
    if (!isShown(parseRecord(findingSchema, record))) continue;
    shown.push(key_arn);
    if (shown.length < 1000) continue;
    await mark();
    shown = [];
  }
  await mark();
}
