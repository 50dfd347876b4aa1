import { DatabaseSync } from 'node:sqlite';
import { KeyturnError } from '../messages/error.ts';
import { storeError } from './error.ts';

const SQLITE_BUSY = 5;

export interface FileLock {
  /** Who held it before, if that process ended without releasing it. */
  readonly takenOverFrom?: string;
  release(): void;
}

/**
 * The right to change things for one rollout: an exclusive lock on a small SQLite file beside the store. The operating
 * system drops it when the process ends, however it ends, so a dead holder never has to be guessed from its process
 * id; the name left in the file tells that it did not release it itself.
 *
 * @param path of the lock file; made where it is missing
 * @param holder who takes it, for the message that the next one sees
 * @throws KeyturnError `refused-busy` while another process holds it
 */
export function takeLock(path: string, holder: string): FileLock {
  const database = openLock(path);
  try {
    database.exec('pragma locking_mode = exclusive; begin exclusive');
    database.exec('create table if not exists holder (name text not null)');
    const left = database.prepare('select name from holder').get()?.['name'];
    database.exec('delete from holder');
    database.prepare('insert into holder values (?)').run(holder);
    // Committed, and in exclusive locking mode still locked: the name survives a kill, the lock does not.
    database.exec('commit');
    return {
      ...(typeof left === 'string' && { takenOverFrom: left }),
      release: () => {
        try {
          database.exec('delete from holder');
        } catch {
          // On a full disk the name stays, and the next one is told that this one did not end well: it did not.
        }
        database.close();
      },
    };
  } catch (cause) {
    database.close();
    throw isBusy(cause) ? busy(cause) : storeError(path, cause);
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw storeError(path, cause);
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && Number(thrown.errcode) % 256 === SQLITE_BUSY;
}

function busy(cause: unknown): KeyturnError {
  return new KeyturnError(
    'refused-busy',
    'Another Keyturn process is at work on this rollout.',
    'Wait for it to end (keyturn status shows how far it is), then run the command again.',
    { cause },
  );
}
