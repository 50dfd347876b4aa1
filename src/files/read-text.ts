import { readFileSync, statSync } from 'node:fs';
import { KeyturnError } from '../messages/error.ts';

/** Bytes. A decision takes some 150 bytes, a whole listed finding some 2 KB: this holds 100,000 of the larger. */
const LARGEST = 256 * 1024 * 1024;

/** Reads a text file that a person names; `-` is standard input. @throws KeyturnError `input-file` */
export function readTextFile(path: string): string {
  try {
    if (path !== '-' && statSync(path).size > LARGEST) throw new Error('it is larger than 256 MiB');
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path === '-' ? 0 : path));
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new KeyturnError(
      'input-file',
      `The file ${path} cannot be read: ${said}.`,
      'Name a UTF-8 text file.',
      {
        cause,
      },
    );
  }
}
