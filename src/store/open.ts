import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { KeyturnError } from '../messages/error.ts';
import type { Store } from '../workflow/ports.ts';
import { approvalMethods } from './approvals.ts';
import { approvedMethods } from './approved.ts';
import { assessmentMethods } from './assessment.ts';
import { changeMethods } from './changes.ts';
import { NodeSqliteDialect, openDatabase } from './dialect.ts';
import { append, readHead, readJournal } from './journal.ts';
import { takeLock } from './lock.ts';
import { openReview } from './review/open.ts';
import { rolloutMethods } from './rollouts.ts';
import { createTables, readSchemaVersion, SCHEMA_VERSION, type Tables } from './schema.ts';

/**
 * Opens the store in a directory that is there, with an empty file `keyturn.db` where the store is new.
 * @throws KeyturnError `store-failed` where SQLite refuses, `input-store` where a later Keyturn made it
 */
export async function openStore(directory: string): Promise<Store> {
  const path = join(directory, 'keyturn.db');
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(openDatabase(path), path) });
  try {
    await prepareSchema(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return storeOver(db, path, (rollout, holder) => takeLock(join(directory, `${rollout}.lock`), holder));
}

/** An empty store that nobody else sees, and that is gone when it is closed. */
export async function openTemporaryStore(): Promise<Store> {
  const path = '';
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(openDatabase(path), path) });
  await createTables(db);
  return storeOver(db, path, () => ({ release: () => {} }));
}

function storeOver(db: Kysely<Tables>, path: string, lockRollout: Store['lockRollout']): Store {
  return {
    path,
    ...rolloutMethods(db),
    ...assessmentMethods(db),
    ...approvalMethods(db),
    ...approvedMethods(db),
    ...changeMethods(db),
    journal: (rollout, event) =>
      db.transaction().execute((transaction) => append(transaction, rollout, event)),
    journalLines: (rollout) => readJournal(db, rollout),
    journalHead: (rollout) => readHead(db, rollout),
    lockRollout,
    openReview: (rollout, isShown) => openReview(db, rollout, isShown),
    revision: async () => {
      const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db);
      return rows[0]?.data_version ?? 0;
    },
    atOneTime: (read) => readAtOneTime(db, read),
    close: () => db.destroy(),
  };
}

/** There is one connection, so every query until the end is in this transaction; write-ahead logging keeps its view. */
async function readAtOneTime<T>(db: Kysely<Tables>, read: () => Promise<T>): Promise<T> {
  await sql`begin`.execute(db);
  try {
    return await read();
  } finally {
    await sql`commit`.execute(db);
  }
}

async function prepareSchema(db: Kysely<Tables>, path: string): Promise<void> {
  const version = await readSchemaVersion(db);
  if (version === 0) return createTables(db);
  if (version === SCHEMA_VERSION) return;
  throw new KeyturnError(
    'input-store',
    `The store ${path} is of format ${version}; this Keyturn reads format ${SCHEMA_VERSION}.`,
    'Use the Keyturn that made it, or a newer one.',
  );
}
