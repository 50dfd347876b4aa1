import { type Kysely, sql } from 'kysely';
import type { EntryKind } from '../model/journal.ts';
import { type DueDigests, type DueTable, ROW_KEYS, type Row } from './due-rows.ts';
import { pages } from './pages.ts';
import { refusedRecord } from './record.ts';
import { PENDING_PLACE } from './rows.ts';
import type { Tables } from './schema.ts';

/**
 * Holds the rows of a rollout against those that its journal comes to.
 * @param due what the journal comes to; it is used up
 * @param empty a new store, for what is in one before anything is recorded
 * @throws KeyturnError `refused-record` with the first row that differs
 */
export async function requireSameRows(
  db: Kysely<Tables>,
  due: DueDigests,
  empty: Kysely<Tables>,
  rollout: string,
): Promise<void> {
  await requireOwnSchema(db, empty);
  await requireSoundIndexes(db);
  await requireWholeRollouts(db);
  for (const table of Object.keys(ROW_KEYS) as DueTable[]) {
    const key = await findDiffering(db, due, table, rollout);
    if (key) throw await notFollowing(db, rollout, table, key);
  }
  const key = await findNotInForce(db, rollout);
  if (key) throw await notFollowing(db, rollout, 'in_force', key);
}

/**
 * A trigger, a view or an index of somebody else's can change what is read and written, whatever its name. Statistics are
 * SQLite's own tables; they decide only how fast a query is.
 */
async function requireOwnSchema(db: Kysely<Tables>, empty: Kysely<Tables>): Promise<void> {
  const [found, expected] = [await readSchema(db), await readSchema(empty)];
  const strange = [...found].find(([name, text]) => expected.get(name) !== text);
  const missing = [...expected].find(([name]) => !found.has(name));
  const [name] = strange ?? missing ?? [];
  if (name !== undefined) throw refusedRecord(`${name} in its database is not as Keyturn makes it`);
}

async function readSchema(db: Kysely<Tables>): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; text: string }>`
    select type || ' ' || name as name, tbl_name || ' ' || coalesce(sql, '') as text
    from main.sqlite_schema where not (type = 'table' and name in ('sqlite_stat1', 'sqlite_stat4'))`.execute(
    db,
  );
  return new Map(rows.map(({ name, text }) => [name, text]));
}

/**
 * Rows are held against the journal in the order in which they are stored; queries find them by indexes, which can say
 * otherwise. The journal is left out: its chain is followed by its index.
 */
async function requireSoundIndexes(db: Kysely<Tables>): Promise<void> {
  for (const table of ['findings', 'in_force', ...Object.keys(ROW_KEYS)]) {
    const { rows } = await sql<{
      integrity_check: string;
    }>`pragma integrity_check(${sql.table(table)})`.execute(db);
    const [first] = rows;
    if (first?.integrity_check !== 'ok')
      throw refusedRecord(`its ${table} contradict themselves: ${first?.integrity_check}`);
  }
}

/** A rollout that is hidden, or made up, would have another one chosen. */
async function requireWholeRollouts(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from rollouts
      where not exists (select 1 from journal where rollout = id and seq = 1)
    union all select distinct rollout from journal where rollout not in (select id from rollouts)`.execute(
    db,
  );
  const [odd] = rows;
  if (odd) throw refusedRecord(`rollout ${odd.id} lacks its row in rollouts, or its journal`);
}

/** @returns what names a row that is not due, or else one that is due and is not there */
async function findDiffering(
  db: Kysely<Tables>,
  due: DueDigests,
  table: DueTable,
  rollout: string,
): Promise<readonly unknown[] | undefined> {
  for await (const row of await readRows(db, table, rollout)) {
    if (!due.take(table, row)) return ROW_KEYS[table].map((name) => row[name]);
  }
  return due.findLeft(table);
}

/** Rows that are held at once: each can hold as much text as AWS sends. */
const PAGE = 200;

/** Until an assessment is complete, places that are still to be assessed are in no entry. */
async function readRows(db: Kysely<Tables>, table: DueTable, id: string): Promise<AsyncGenerator<Row>> {
  const own = sql`${sql.ref(table === 'rollouts' ? 'id' : 'rollout')} = ${id}`;
  const isPending =
    table === 'places' && !(await isAssessed(db, id))
      ? sql`and not (listed is null and record = ${PENDING_PLACE})`
      : sql``;
  return pages(async (after: number | undefined, size) => {
    const cursor = after === undefined ? sql`` : sql`and rowid > ${after}`;
    // Without an index (the +): in the order in which the rows are stored.
    const { rows } = await sql<Row & { rowid: number }>`select rowid, * from ${sql.table(table)}
      where +${own} ${isPending} ${cursor} order by rowid limit ${size}`.execute(db);
    return rows.map(({ rowid, ...row }) => ({ cursor: rowid, row }));
  }, PAGE);
}

/** The row in rollouts was held against the journal before. */
async function isAssessed(db: Kysely<Tables>, id: string): Promise<boolean> {
  const row = await db.selectFrom('rollouts').select('assessed_at').where('id', '=', id).executeTakeFirst();
  return row?.assessed_at != null;
}

/** Of the decisions on a key that of the highest rank is in force. The decisions were held against the journal before. */
async function findNotInForce(db: Kysely<Tables>, rollout: string): Promise<readonly unknown[] | undefined> {
  const columns = (table: string) => sql.join(IN_FORCE.map((name) => sql.ref(`${table}.${name}`)));
  const { rows } = await sql<{ keyArn: string }>`
    select in_force.key_arn as keyArn from in_force
      left join decisions using (rollout, key_arn, approver)
      where in_force.rollout = ${rollout} and ((${columns('in_force')}) is not (${columns('decisions')})
        or in_force.rank is not (select max(rank) from decisions other
          where other.rollout = ${rollout} and other.key_arn = in_force.key_arn))
    union all select decisions.key_arn from decisions left join in_force using (rollout, key_arn)
      where decisions.rollout = ${rollout} and in_force.key_arn is null
    limit 1`.execute(db);
  return rows[0] && [rows[0].keyArn];
}

const IN_FORCE = [
  'account',
  'region',
  'choice',
  'approval',
  'expires_at',
  'rank',
  'record',
] as const satisfies readonly (keyof Tables['in_force'])[];

type Following = DueTable | 'in_force';

/** Which entries make the rows of a table. */
const MADE_BY: Readonly<Record<Following, readonly EntryKind[]>> = {
  rollouts: ['assess-begun', 'accounts-reached', 'assess-completed'],
  places: ['place-assessed', 'place-unreachable'],
  approvals: ['approval'],
  submitted: ['approval'],
  decisions: ['approval'],
  in_force: ['approval'],
  changes: ['intent', 'outcome'],
  verdicts: ['verdict'],
};

async function notFollowing(db: Kysely<Tables>, rollout: string, table: Following, key: readonly unknown[]) {
  const entry = await lastEntryAbout(db, rollout, table, key);
  const said = entry === undefined ? 'no entry is about it' : `the last entry about it is ${entry}`;
  return refusedRecord(`the row ${key.join(' ')} in ${table} does not follow from the journal; ${said}`);
}

/** The number of the last entry that can have made a row: it holds what names the row, but for its approver or position. */
async function lastEntryAbout(
  db: Kysely<Tables>,
  rollout: string,
  table: Following,
  key: readonly unknown[],
): Promise<number | undefined> {
  const [first, second] = key;
  const named = { decisions: [second], submitted: [first] }[table as string] ?? key;
  const holds = named.map((each) => sql`and instr(line, ${`"${each}"`}) > 0`);
  const kinds = MADE_BY[table].map((kind) => sql`instr(line, ${`"kind":"${kind}"`}) > 0`);
  const { rows } = await sql<{ seq: number | null }>`select max(seq) as seq from journal
    where rollout = ${rollout} ${sql.join(holds, sql` `)} and (${sql.join(kinds, sql` or `)})`.execute(db);
  return rows[0]?.seq ?? undefined;
}
