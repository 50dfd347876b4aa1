import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';

/**
 * Makes a store directory that only its owner can read and that no repository picks up, with an empty database file in
 * it; leaves what is there alone.
 * @returns its absolute path
 * @throws KeyturnError `store-failed`
 */
export function makeStoreDirectory(directory: string): string {
  const path = resolve(directory);
  try {
    // Parents only where they are missing: Node's recursive mkdir never returns from some special file systems.
    if (!existsSync(path)) mkdirSync(path, { recursive: !existsSync(dirname(path)), mode: 0o700 });
    const ignore = join(path, '.gitignore');
    makeFile(ignore, '*\n');
    makeFile(join(path, 'keyturn.db'), '');
    return path;
  } catch (cause) {
    const fix = 'Make the directory writable, or name another one with --store DIR.';
    throw systemError('store-failed', `Could not write the store directory ${path}`, fix, cause);
  }
}

/** Leaves a file alone that is there, and never creates one through a link. */
function makeFile(path: string, text: string): void {
  if (existsSync(path)) return;
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    // Another process may have been first.
    if (!existsSync(path)) throw cause;
  }
}

/** Finds a store that is there. @throws KeyturnError `input-store` if there is none, `store-failed` if it cannot be looked at */
export function findStoreDirectory(directory: string): string {
  const path = resolve(directory);
  try {
    if (statSync(join(path, 'keyturn.db'), { throwIfNoEntry: false })) return path;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR'))
      throw new KeyturnError(
        'store-failed',
        `The store directory ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
        'Ask its owner for the right to read it, or name another one with --store DIR.',
        { cause },
      );
  }
  throw new KeyturnError(
    'input-store',
    `There is no Keyturn store in ${path}.`,
    'Begin with keyturn assess, or name the store with --store DIR.',
  );
}
