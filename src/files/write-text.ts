import { randomBytes } from 'node:crypto';
import { constants, lstatSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';

/** Whether there is anything of this name, a link that leads nowhere too. What cannot be looked at fails when it is written. */
export function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Makes sure that nothing would be written over; to be asked before somebody puts work into it. @throws KeyturnError `input-argument` */
export function requireNewFile(path: string): void {
  if (!isTaken(path)) return;
  throw new KeyturnError(
    'input-argument',
    `${path} is there already.`,
    'Name another file, or move that one away.',
  );
}

/**
 * Writes a new file, whole or not at all, readable by its owner alone.
 * @throws KeyturnError `input-argument` where there is one already, `output-failed` where it cannot be written
 */
export async function writeNewFile(
  path: string,
  chunks: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  requireNewFile(path);
  try {
    await writeWhole(path, chunks);
  } catch (cause) {
    if (cause instanceof KeyturnError) throw cause;
    throw systemError('output-failed', `Could not write ${path}`, 'Name another file.', cause);
  }
}

/**
 * Writes a file under a name that nobody can have planted a link at, and gives it its own once all of it is on disk. A
 * link at its own name is replaced, never followed.
 */
export async function writeWhole(
  path: string,
  chunks: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const unfinished = unfinishedOf(path);
  const file = await open(unfinished, NEW, 0o600);
  try {
    try {
      for await (const chunk of chunks) await file.write(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw cause;
  }
}

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

const unfinishedOf = (path: string): string => `${path}.${randomBytes(8).toString('hex')}.unfinished`;
