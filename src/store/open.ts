import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { KeyturnError } from '../messages/error.ts';
import type { Store } from '../workflow/ports.ts';
import { approvalMethods } from './approvals.ts';
import { approvedMethods } from './approved.ts';
import { assessmentMethods } from './assessment.ts';
import { changeMethods } from './changes.ts';
import { NodeSqliteDialect, openDatabase, openImmutable } from './dialect.ts';
import { isReadOnly, readOnlyError } from './error.ts';
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
  const path = join(directory, DATABASE);
  const db = await openPrepared(openDatabase(path), path);
  return storeOver(db, path, (rollout, holder) => takeLock(join(directory, `${rollout}.lock`), holder));
}

const DATABASE = 'keyturn.db';

/** What has to be known of a store's files to read it without writing beside it. */
interface StoreFiles {
  readonly directory: string;
  /** Whether the write-ahead log holds something, which the database alone may lack. */
  hasLog(): boolean;
  /** Puts a copy where this process may write. */
  copyAside(): { readonly directory: string; remove(): void };
}

/**
 * Opens a store for a command that only reads, also if it may not be written: a mounted backup, the store of another user.
 * SQLite reads a write-ahead log only if it may write beside it, so a store that has one is copied first: what is
 * committed there is never left out.
 * @throws KeyturnError as `openStore`, and if the copy cannot be made
 */
export async function openStoreToRead(files: StoreFiles): Promise<Store> {
  const path = join(files.directory, DATABASE);
  try {
    return await openStore(files.directory);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
  if (!files.hasLog())
    return storeOver(await openPrepared(openImmutable(path), path), path, refuseLock(path));
  const copy = files.copyAside();
  try {
    const database = openDatabase(join(copy.directory, DATABASE));
    const store = storeOver(await openPrepared(database, path), path, refuseLock(path));
    return { ...store, close: () => store.close().finally(copy.remove) };
  } catch (error) {
    copy.remove();
    throw error;
  }
}

async function openPrepared(database: DatabaseSync, path: string): Promise<Kysely<Tables>> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database, path) });
  try {
    await prepareSchema(db, path);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

const refuseLock = (path: string) => () => {
  throw readOnlyError(path);
};

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
