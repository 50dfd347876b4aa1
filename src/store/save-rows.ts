import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from './schema.ts';

/** Rows a statement. */
const BATCH = 1000;

/**
 * Stores rows with one statement for many: built and compiled one by one, they cost more than SQLite takes to store them.
 * @param rows all with the same columns
 * @param key the primary key: a row that has it already is replaced; without it that is an error
 */
export async function saveRows<T extends keyof Tables>(
  db: Kysely<Tables>,
  table: T,
  rows: readonly Tables[T][],
  key: readonly (keyof Tables[T] & string)[] = [],
): Promise<void> {
  const names = Object.keys(rows[0] ?? {}) as (keyof Tables[T] & string)[];
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const values = sql.join(names.map((_, index) => sql`value ->> ${sql.lit(index)}`));
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH).map((row) => names.map((name) => row[name]));
    await sql`insert into ${sql.table(table)} (${columns})
      select ${values} from json_each(${JSON.stringify(batch)}) where true ${replacing(names, key)}`.execute(
      db,
    );
  }
}

function replacing(names: readonly string[], key: readonly string[]): RawBuilder<unknown> {
  if (key.length === 0) return sql``;
  const kept = names.filter((name) => !key.includes(name));
  const updates = kept.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`);
  return sql`on conflict (${sql.join(key.map((name) => sql.ref(name)))}) do update set ${sql.join(updates)}`;
}
