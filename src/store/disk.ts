import { closeSync, openSync, statfsSync, statSync } from 'node:fs';
import { KeyturnError } from '../messages/error.ts';

/** Bytes. With less SQLite cannot write its smallest files. */
const LEAST_SPACE = 64 * 1024;

/**
 * Asks the file system why SQLite failed on a file, which SQLite does not hand on.
 * @returns a system error, or undefined if the file can be opened and there is space
 */
export function findDiskError(path: string): Error | undefined {
  try {
    closeSync(openSync(path, 'r+'));
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < LEAST_SPACE
      ? Object.assign(new Error('no space'), { code: 'ENOSPC' })
      : undefined;
  } catch (error) {
    return error instanceof Error ? error : undefined;
  }
}

/** Knows the files of a database as they were opened. */
export interface FileWatch {
  /** @throws KeyturnError `store-failed` if they do not have their names any more: what is written there is lost */
  requireNamed(): void;
}

/** @param path of the database; empty if it has no name */
export function watchFiles(path: string): FileWatch {
  if (path === '') return { requireNamed: () => {} };
  const opened = identify(path);
  const log = `${path}-wal`;
  // SQLite makes the log at the latest when something is written, and keeps it until the last connection is closed.
  let openedLog = identify(log);
  return {
    requireNamed: () => {
      const foundLog = identify(log);
      openedLog ??= foundLog;
      if (identify(path) === opened && foundLog !== undefined && foundLog === openedLog) return;
      throw new KeyturnError(
        'store-failed',
        `The store ${path} was moved, deleted or replaced during the run. Nothing more is called.`,
        'Put the store back, then run the command again: what was announced is read back first.',
      );
    },
  };
}

function identify(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
