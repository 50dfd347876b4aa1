import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KeyturnError } from '../messages/error.ts';

/** What is in a directory of evidence. */
export interface BundleFiles {
  readonly names: readonly string[];
  bytes(name: string): AsyncIterable<Uint8Array>;
}

/** By one of these a directory is known to be meant as evidence, whatever has become of it. */
const MARKS = ['manifest.json', 'SHA256SUMS', 'journal.jsonl'];

/**
 * Opens a directory of evidence. Nothing in it is followed: a link or a directory inside is no file of a bundle.
 * @throws KeyturnError `input-file` where there is none, or it holds no evidence
 */
export function openBundle(path: string): BundleFiles {
  const directory = resolve(path);
  const names = listFiles(directory);
  if (MARKS.every((mark) => !names.includes(mark))) throw noEvidence(directory, 'it holds no evidence');
  return { names, bytes: (name) => createReadStream(join(directory, name)) };
}

function listFiles(directory: string): string[] {
  try {
    const names = readdirSync(directory).sort();
    const odd = names.find((name) => !lstatSync(join(directory, name)).isFile());
    if (odd === undefined) return names;
    throw new Error(`${odd} is not a plain file`);
  } catch (cause) {
    throw noEvidence(directory, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function noEvidence(directory: string, why: string, cause?: unknown): KeyturnError {
  return new KeyturnError(
    'input-file',
    `${directory} cannot be verified: ${why}.`,
    'Name a directory that keyturn report --out wrote.',
    { cause },
  );
}
