import { constants, copyFileSync, mkdtempSync, rmSync, type Stats, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyturnError } from '../messages/error.ts';

const DATABASE = 'keyturn.db';
const LOG = 'keyturn.db-wal';

/** The files of a store that may not be written, for reading it. */
export function filesOfStore(directory: string) {
  return {
    directory,
    hasLog: () => (statsOf(join(directory, LOG))?.size ?? 0) > 0,
    copyAside: () => copyAside(directory),
  };
}

/** Copies the database and its log into a directory of this user alone. @throws KeyturnError `store-failed` */
function copyAside(directory: string): { readonly directory: string; remove(): void } {
  const aside = mkdtempSync(join(tmpdir(), 'keyturn-store-'));
  const remove = () => rmSync(aside, { recursive: true, force: true });
  try {
    const before = describeFiles(directory);
    for (const name of [DATABASE, LOG]) {
      copyFileSync(join(directory, name), join(aside, name), constants.COPYFILE_FICLONE);
    }
    if (describeFiles(directory) !== before) throw new Error('it is being written');
    return { directory: aside, remove };
  } catch (cause) {
    remove();
    throw new KeyturnError(
      'store-failed',
      `The store ${directory} may not be written and could not be copied to ${tmpdir()} for reading: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Copy the store to a directory of your own while no Keyturn runs, and name that with --store DIR.',
      { cause },
    );
  }
}

const describeFiles = (directory: string): string =>
  [DATABASE, LOG]
    .map((name) => statsOf(join(directory, name)))
    .map((stats) => `${stats?.size} ${stats?.mtimeMs}`)
    .join();

const statsOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
