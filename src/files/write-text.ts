import { existsSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { KeyturnError } from '../messages/error.ts';

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
    rmSync(unfinishedOf(path), { force: true });
    if (cause instanceof KeyturnError) throw cause;
    throw new KeyturnError(
      'output-failed',
      `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Name another file.',
      { cause },
    );
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
