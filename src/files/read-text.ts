import { createReadStream, existsSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { KeyturnError } from '../messages/error.ts';
import { describeSystemError, systemError } from '../messages/system-error.ts';

const MIB = 1024 * 1024;
/** Bytes. A decision takes some 150 bytes, a whole listed finding some 2 KB: this holds 100,000 of the larger. */
const LARGEST = 256 * MIB;

/**
 * Reads a text file that a person names; `-` is standard input.
 * @param signal ends the wait for standard input, with its reason
 * @throws KeyturnError `input-file`
 */
export async function readTextFile(path: string, largest = LARGEST, signal?: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readPieces(path, largest, signal)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new KeyturnError(
      'input-file',
      `The file ${path} is not UTF-8.`,
      'Save it as UTF-8; in a spreadsheet as “CSV UTF-8”.',
      { cause },
    );
  }
}

/** The same in pieces, as bytes, for what need not be held whole. @param largest bytes */
export async function* readPieces(
  path: string,
  largest: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    let size = 0;
    const stream = path === '-' ? process.stdin : createReadStream(path);
    if (signal) addAbortSignal(signal, stream);
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > largest) throw new Error(`it is larger than ${largest / MIB} MiB`);
      yield chunk;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    const fix = describeSystemError(cause) ? 'Check the path and its permissions.' : 'Name a smaller file.';
    throw systemError('input-file', `Could not read ${path}`, fix, cause);
  }
}

/** The same for a file that need not be there. @returns undefined where it is not */
export async function findTextFile(path: string, largest?: number): Promise<string | undefined> {
  return existsSync(path) ? readTextFile(path, largest) : undefined;
}
