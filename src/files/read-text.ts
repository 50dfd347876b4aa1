import { createReadStream, existsSync } from 'node:fs';
import { KeyturnError } from '../messages/error.ts';

const MIB = 1024 * 1024;
/** Bytes. A decision takes some 150 bytes, a whole listed finding some 2 KB: this holds 100,000 of the larger. */
const LARGEST = 256 * MIB;

/** Reads a text file that a person names; `-` is standard input. @throws KeyturnError `input-file` */
export async function readTextFile(path: string, largest = LARGEST): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      size += chunk.length;
      if (size > largest) throw new Error(`it is larger than ${largest / MIB} MiB`);
      chunks.push(chunk);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new KeyturnError(
      'input-file',
      `The file ${path} cannot be read: ${said}.`,
      'Name a UTF-8 text file.',
      { cause },
    );
  }
}

/** The same for a file that need not be there. @returns undefined where it is not */
export async function findTextFile(path: string, largest?: number): Promise<string | undefined> {
  return existsSync(path) ? readTextFile(path, largest) : undefined;
}
