import { createReadStream, type Dirent, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';

/** What is in a directory of evidence. */
export interface BundleFiles {
  /** Plain files. */
  readonly names: readonly string[];
  /** What else is there: links, directories, devices. */
  readonly strays: readonly string[];
  bytes(name: string): AsyncIterable<Uint8Array>;
}

const NAME_ANOTHER = 'Name a directory that keyturn report --out wrote.';

/** By one of these a directory is known to be meant as evidence, whatever has become of it. */
const MARKS = ['manifest.json', 'SHA256SUMS', 'journal.jsonl'];

/**
 * Opens a directory of evidence. Nothing in it is followed: a link or a directory inside is no file of a bundle.
 * @throws KeyturnError `input-file` where there is none, or it holds no evidence
 */
export function openBundle(path: string): BundleFiles {
  const directory = resolve(path);
  const all = listAll(directory);
  const namesOf = (entries: readonly Dirent[]) => entries.map(({ name }) => name).sort();
  const names = namesOf(all);
  if (MARKS.every((mark) => !names.includes(mark))) throw noEvidence(directory, 'it holds no evidence');
  return {
    names: namesOf(all.filter((entry) => entry.isFile())),
    strays: namesOf(all.filter((entry) => !entry.isFile())),
    bytes: (name) => readPieces(directory, name),
  };
}

/** With their kinds: a name that is not UTF-8 could not be asked for again. */
function listAll(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(directory, cause);
  }
}

async function* readPieces(directory: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(join(directory, name));
  } catch (cause) {
    throw unreadable(join(directory, name), cause);
  }
}

const unreadable = (path: string, cause: unknown): KeyturnError =>
  systemError('input-file', `Could not read ${path}`, NAME_ANOTHER, cause);

function noEvidence(directory: string, why: string): KeyturnError {
  return new KeyturnError('input-file', `${directory} cannot be verified: ${why}.`, NAME_ANOTHER);
}
