import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { type Event, type JournalEntry, journalLine, lineHash, NO_ENTRIES } from '../../src/model/journal.ts';
import { NodeSqliteDialect, openDatabase } from '../../src/store/dialect.ts';
import type { Tables } from '../../src/store/schema.ts';
import { rebuildRows } from './rebuild.ts';

const MADE_FROM_ENTRIES = [
  'verdicts',
  'changes',
  'in_force',
  'decisions',
  'submitted',
  'approvals',
  'places',
  'rollouts',
  'journal',
];

/**
 * Writes the journal of a store anew, and every row as its entries have it: the work of a forger who has the file and
 * Keyturn's sources. Afterwards each row follows from the journal, and the journal from itself.
 */
export async function rewriteStore(
  path: string,
  change: (entries: JournalEntry[]) => readonly JournalEntry[],
): Promise<void> {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const lines = database.prepare('select line from journal order by seq').all();
  const events = change(lines.map(({ line }) => JSON.parse(String(line))));
  const triggers = database.prepare("select name, sql from sqlite_schema where type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`drop trigger "${name}"`);
  for (const table of MADE_FROM_ENTRIES) database.exec(`delete from ${table}`);
  let head = NO_ENTRIES;
  const entries: JournalEntry[] = [];
  for (const { rollout, at, kind, body } of events) {
    const line = journalLine(rollout, head, { at, kind, body } as Event);
    head = { entries: head.entries + 1, hash: lineHash(line) };
    database.prepare('insert into journal values (?, ?, ?, ?)').run(rollout, head.entries, line, head.hash);
    entries.push(JSON.parse(line));
  }
  for (const { sql } of triggers) database.exec(String(sql));
  database.close();
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(openDatabase(path), path) });
  // Findings are in no entry.
  await sql`pragma foreign_keys = off`.execute(db);
  await rebuildRows(db, entries);
  await db.destroy();
}
