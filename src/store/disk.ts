import { closeSync, openSync, statfsSync } from 'node:fs';

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
