import { type Kysely, sql } from 'kysely';
import type { EntryKind, JournalEntry } from '../model/journal.ts';
import type { PlaceRecord } from '../workflow/ports.ts';
import { saveApproval } from './approvals.ts';
import { savePlace } from './assessment.ts';
import { saveChanges, saveVerdicts } from './changes.ts';
import { refusedRecord } from './record.ts';
import { saveAssessed, saveReached, saveRollout } from './rollouts.ts';
import { intentRow, outcomeRow, PENDING_PLACE, verdictRow } from './rows.ts';
import type { Tables } from './schema.ts';

/**
 * Stores the rows that entries of a journal come to, in their order, with the very functions that stored them when the
 * entries were written.
 * @param db of a store of its own, without foreign keys: findings are not in the journal
 */
export async function rebuildRows(db: Kysely<Tables>, entries: readonly JournalEntry[]): Promise<void> {
  // On one key the last row holds, so of each kind many can be stored at once.
  const changes = new Map<string, Tables['changes']>();
  const verdicts = new Map<string, Tables['verdicts']>();
  for (const entry of entries) {
    if (entry.kind === 'intent') {
      const row = intentRow(entry.rollout, entry.body.change);
      changes.set(row.key_arn, row);
    } else if (entry.kind === 'outcome') {
      changes.set(entry.body.keyArn, outcomeRow(entry.rollout, entry.body));
    } else if (entry.kind === 'verdict') {
      verdicts.set(entry.body.keyArn, verdictRow(entry.rollout, entry.body));
    } else await rebuildRow(db, entry);
  }
  await saveChanges(db, [...changes.values()]);
  await saveVerdicts(db, [...verdicts.values()]);
}

async function rebuildRow(db: Kysely<Tables>, entry: JournalEntry): Promise<void> {
  switch (entry.kind) {
    case 'assess-begun':
      return saveRollout(db, entry.body);
    case 'accounts-reached': {
      const { rollout, accounts, places } = entry.body;
      return saveReached(db, rollout, accounts, places);
    }
    case 'place-assessed':
    case 'place-unreachable':
      return savePlace(db, entry.rollout, placeOf(entry));
    case 'assess-completed':
      return saveAssessed(db, entry.rollout, entry.at, entry.body.planDigest);
    case 'approval':
      return saveApproval(db, entry.body, entry.seq);
    default:
      return;
  }
}

function placeOf(
  entry: Extract<JournalEntry, { kind: 'place-assessed' | 'place-unreachable' }>,
): PlaceRecord {
  const { at } = entry;
  if (entry.kind === 'place-unreachable') return { kind: 'unreachable', place: entry.body, at };
  const { listed, awsManaged, ...place } = entry.body;
  return { kind: 'assessed', place, listed, awsManaged, at };
}

/** The tables that follow from the journal, by the columns that name a row within a rollout. */
const FOLLOWING = {
  rollouts: ['id'],
  places: ['account', 'region'],
  approvals: ['id'],
  submitted: ['approval', 'position'],
  decisions: ['key_arn', 'approver'],
  in_force: ['key_arn'],
  changes: ['key_arn'],
  verdicts: ['key_arn'],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;
type Following = keyof typeof FOLLOWING;

/**
 * Holds the rows of a rollout against those that its journal comes to.
 * @param due of a store in which the journal was rebuilt
 * @throws KeyturnError `refused-record` with the first row that differs
 */
export async function requireSameRows(
  there: Kysely<Tables>,
  due: Kysely<Tables>,
  rollout: string,
): Promise<void> {
  await requireOwnSchema(there, due);
  await requireWholeRollouts(there);
  for (const table of Object.keys(FOLLOWING) as Following[]) {
    const row = await findDiffering(there, due, table, rollout);
    if (row === undefined) continue;
    const entry = await lastEntryAbout(there, rollout, table, row);
    const said = entry === undefined ? 'no entry is about it' : `the last entry about it is ${entry}`;
    throw refusedRecord(`the row ${row.join(' ')} in ${table} does not follow from the journal; ${said}`);
  }
}

/** A trigger, a view or an index of somebody else's can change what is read and written. */
async function requireOwnSchema(there: Kysely<Tables>, due: Kysely<Tables>): Promise<void> {
  const [found, expected] = [await readSchema(there), await readSchema(due)];
  const strange = [...found].find(([name, text]) => expected.get(name) !== text);
  const missing = [...expected].find(([name]) => !found.has(name));
  const [name] = strange ?? missing ?? [];
  if (name !== undefined) throw refusedRecord(`${name} in its database is not as Keyturn makes it`);
}

/** A rollout that is hidden, or made up, would have another one chosen. */
async function requireWholeRollouts(there: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from rollouts
      where not exists (select 1 from journal where rollout = id and seq = 1)
    union all select distinct rollout from journal where rollout not in (select id from rollouts)`.execute(
    there,
  );
  const [odd] = rows;
  if (odd) throw refusedRecord(`rollout ${odd.id} lacks its row in rollouts, or its journal`);
}

async function readSchema(db: Kysely<Tables>): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; text: string }>`
    select type || ' ' || name as name, tbl_name || ' ' || coalesce(sql, '') as text
    from main.sqlite_schema where name not like 'sqlite_stat%'`.execute(db);
  return new Map(rows.map(({ name, text }) => [name, text]));
}

type Row = Readonly<Record<string, unknown>>;

/** @returns what names the first row that differs, within the rollout */
async function findDiffering(
  there: Kysely<Tables>,
  due: Kysely<Tables>,
  table: Following,
  rollout: string,
): Promise<string[] | undefined> {
  const read = await pageReader(due, table, rollout);
  let after: Row | undefined;
  for (;;) {
    const [found, expected] = [await read(there, after), await read(due, after)];
    const differing = firstDiffering(found, expected);
    if (differing) return FOLLOWING[table].map((name) => String(differing[name]));
    after = found.at(-1);
    if (!after) return undefined;
  }
}

function firstDiffering(found: readonly Row[], expected: readonly Row[]): Row | undefined {
  if (JSON.stringify(found) === JSON.stringify(expected)) return undefined;
  const count = Math.max(found.length, expected.length);
  for (let index = 0; index < count; index++) {
    const [one, other] = [found[index], expected[index]];
    if (JSON.stringify(one) !== JSON.stringify(other)) return one ?? other;
  }
  return undefined;
}

/** Rows of each side that are held at once. */
const PAGE = 100;

/** Until an assessment is complete, places that are still to be assessed are in no entry. */
async function pageReader(due: Kysely<Tables>, table: Following, id: string) {
  const names = FOLLOWING[table];
  const key = sql.join(names.map((name) => sql.ref(name)));
  const own = sql`${sql.ref(table === 'rollouts' ? 'id' : 'rollout')} = ${id}`;
  const isPending =
    table === 'places' && !(await isAssessed(due, id))
      ? sql`and not (listed is null and record = ${PENDING_PLACE})`
      : sql``;
  return async (db: Kysely<Tables>, after: Row | undefined): Promise<Row[]> => {
    const cursor = after ? sql`and (${key}) > (${sql.join(names.map((name) => after[name]))})` : sql``;
    const { rows } = await sql<Row>`select * from ${sql.table(table)}
      where ${own} ${isPending} ${cursor} order by ${key} limit ${PAGE}`.execute(db);
    return rows;
  };
}

async function isAssessed(due: Kysely<Tables>, id: string): Promise<boolean> {
  const row = await due.selectFrom('rollouts').select('assessed_at').where('id', '=', id).executeTakeFirst();
  return row?.assessed_at != null;
}

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

/** The number of the last entry that can have made a row. */
async function lastEntryAbout(
  db: Kysely<Tables>,
  rollout: string,
  table: Following,
  [name = '', more]: readonly string[],
): Promise<number | undefined> {
  const kinds = sql.join(
    MADE_BY[table].map((kind) => sql`instr(line, ${`"kind":"${kind}"`}) > 0`),
    sql` or `,
  );
  const second = table === 'places' ? sql`and instr(line, ${`"${more}"`}) > 0` : sql``;
  const { rows } = await sql<{ seq: number | null }>`select max(seq) as seq from journal
    where rollout = ${rollout} and instr(line, ${`"${name}"`}) > 0 ${second} and (${kinds})`.execute(db);
  return rows[0]?.seq ?? undefined;
}
