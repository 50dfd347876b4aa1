import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Permission bits: of the group and all others, and of all others alone. */
const GROUP_AND_OTHERS = 0o077;
const OTHERS = 0o007;

/** Whether anybody but the owner of a file may read or write it, as ssh asks of its keys. False on Windows. */
export const isShared = (path: string): boolean => hasMode(path, GROUP_AND_OTHERS);

/** Whether every user of the machine may read or write the store. A group may share one. */
export const isStorePublic = (directory: string): boolean =>
  hasMode(directory, OTHERS) && hasMode(join(directory, 'keyturn.db'), OTHERS);

function hasMode(path: string, bits: number): boolean {
  if (process.platform === 'win32') return false;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & bits) !== 0;
}
