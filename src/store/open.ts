import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { KeyturnError } from '../messages/error.ts';
import type { DueRows, RolloutLock, Store } from '../workflow/ports.ts';
import { approvalMethods } from './approvals.ts';
import { approvedMethods } from './approved.ts';
import { assessmentMethods } from './assessment.ts';
import { changeMethods } from './changes.ts';
import { type Claims, openClaims } from './claims.ts';
import { NodeSqliteDialect, openDatabase, openImmutable } from './dialect.ts';
import { watchFiles } from './disk.ts';
import { DueDigests } from './due-rows.ts';
import { isReadOnly, readOnlyError } from './error.ts';
import { readHead, readJournal, readJournalRows } from './journal.ts';
import { type FileLock, takeLock } from './lock.ts';
import { openReview } from './review/open.ts';
import { rolloutMethods } from './rollouts.ts';
import { requireSameRows } from './same-rows.ts';
import { createTables, readSchemaVersion, SCHEMA_VERSION, type Tables } from './schema.ts';
import { openWriter } from './writer.ts';

/**
 * Opens the store in a directory that is there, with an empty file `keyturn.db` where the store is new.
 * @throws KeyturnError `store-failed` where SQLite refuses, `input-store` where a later Keyturn made it
 */
export async function openStore(directory: string): Promise<Store> {
  const path = join(directory, DATABASE);
  const open = () => openDatabase(path);
  const lock = (rollout: string, holder: string) => takeLock(join(directory, `${rollout}.lock`), holder);
  return storeOver({ db: await openPrepared(open(), path), path, open }, lock);
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
  if (!files.hasLog()) {
    const open = () => openImmutable(path);
    return storeOver({ db: await openPrepared(open(), path), path, open }, refuseLock(path));
  }
  const copy = files.copyAside();
  try {
    const open = () => openDatabase(join(copy.directory, DATABASE));
    const store = storeOver({ db: await openPrepared(open(), path), path, open }, refuseLock(path));
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
  return storeOver({ db: await openTemporary(), path: '' }, () => ({ release: () => {} }));
}

async function openTemporary(): Promise<Kysely<Tables>> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(openDatabase(''), '') });
  await createTables(db);
  return db;
}

/** An open database. */
interface Opened {
  readonly db: Kysely<Tables>;
  readonly path: string;
  /** Opens it once more; absent if it is this connection's alone. */
  readonly open?: () => DatabaseSync;
}

function storeOver(opened: Opened, lock: TakeLock): Store {
  const { db, path } = opened;
  const claims = openClaims(db);
  const files = watchFiles(path);
  const writer = openWriter(db, claims, files);
  const store: Store = {
    path,
    ...rolloutMethods(db, writer),
    ...assessmentMethods(db, writer),
    ...approvalMethods(db, writer),
    ...approvedMethods(db),
    ...changeMethods(writer),
    journal: (rollout, event) => writer.write((transaction) => writer.append(transaction, rollout, event)),
    journalLines: (rollout) => readJournal(db, rollout),
    journalRows: (rollout) => readJournalRows(db, rollout),
    journalHead: (rollout) => readHead(db, rollout),
    lockRollout: (rollout, holder) => claimRollout(claims, lock, rollout, holder),
    requireClaim: async (rollout) => {
      await claims.require(db, rollout);
      files.requireNamed();
    },
    openReview: (rollout, isShown) => openReview(db, rollout, isShown),
    revision: async () => {
      const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db);
      return rows[0]?.data_version ?? 0;
    },
    atOneTime: (read) => readAtOneTime(db, read),
    snapshot: (read) => readSnapshot(opened, store, read),
    openDueRows: () => openDueRows(db),
    close: () => db.destroy(),
  };
  return store;
}

type TakeLock = (rollout: string, holder: string) => FileLock;

/** Takes the lock of the operating system, then the claim in the database, which still tells when that file is deleted. */
async function claimRollout(
  claims: Claims,
  lock: TakeLock,
  rollout: string,
  holder: string,
): Promise<RolloutLock> {
  const file = lock(rollout, holder);
  try {
    const left = await claims.take(rollout, holder);
    const takenOverFrom = file.takenOverFrom ?? left;
    const release = async () => {
      // As with the file: if the disk fails, the next one is told that this one did not end well.
      await claims.release(rollout).catch(() => {});
      file.release();
    };
    return { ...(takenOverFrom !== undefined && { takenOverFrom }), release };
  } catch (error) {
    file.release();
    throw error;
  }
}

/** On a connection of its own, so that no other work of this process is in its way. */
async function readSnapshot<T>(
  { open, path }: Opened,
  store: Store,
  read: (snapshot: Store) => Promise<T>,
): Promise<T> {
  if (!open) return read(store);
  const apart = storeOver({ db: await openPrepared(open(), path), path }, refuseLock(path));
  try {
    return await apart.atOneTime(() => read(apart));
  } finally {
    await apart.close();
  }
}

function openDueRows(db: Kysely<Tables>): DueRows {
  const due = new DueDigests();
  return {
    add: (entry) => due.add(entry),
    requireSame: async (rollout) => {
      const empty = await openTemporary();
      await requireSameRows(db, due, empty, rollout).finally(() => empty.destroy());
    },
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
