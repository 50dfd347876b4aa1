import { existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';

/** Makes sure that nothing would be written over; to be asked before somebody puts work into it. @throws KeyturnError `input-argument` */
export function requireNewFile(path: string): void {
  if (!existsSync(path)) return;
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
    if (existsSync(unfinishedOf(path))) rmSync(unfinishedOf(path));
    if (cause instanceof KeyturnError) throw cause;
    throw systemError('output-failed', `Could not write ${path}`, 'Name another file.', cause);
  }
}

/** Writes a file under another name, and gives it its own once all of it is on disk. What fails leaves the other. */
export async function writeWhole(
  path: string,
  chunks: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const unfinished = unfinishedOf(path);
  const file = await open(unfinished, 'w', 0o600);
  try {
    for await (const chunk of chunks) await file.write(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
  renameSync(unfinished, path);
}

const unfinishedOf = (path: string): string => `${path}.unfinished`;
