import { type EvidenceCode, EvidenceError } from './error.ts';

/** Characters. An approval is one line; one of 100,000 keys takes some 30 million. */
const LONGEST_LINE = 300_000_000;

/**
 * Splits a file into its lines, each ended by a newline, without holding the file.
 * @param name of the file, for the error
 * @param code of the error: what the file is said to be no more
 * @param longest characters of a line
 * @throws EvidenceError where it is not UTF-8, or does not end with a newline
 */
export async function* readLines(
  name: string,
  code: EvidenceCode,
  chunks: AsyncIterable<Uint8Array>,
  longest = LONGEST_LINE,
): AsyncGenerator<string> {
  const refuse = (why: string): never => {
    throw new EvidenceError(code, name, why);
  };
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const pieces: string[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    const parts = decode(refuse, decoder, chunk).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield pieces.splice(0).join('') + part;
      held = 0;
    }
    pieces.push(last);
    held += last.length;
    if (held > longest) refuse('A line has no end.');
  }
  if (pieces.join('') + decode(refuse, decoder) !== '') refuse('The last line has no end.');
}

function decode(
  refuse: (why: string) => never,
  decoder: InstanceType<typeof TextDecoder>,
  chunk?: Uint8Array,
): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    return refuse('It is not UTF-8.');
  }
}

/**
 * The one line that a small file is.
 * @throws EvidenceError where it is not UTF-8, or not one line that ends with a newline
 */
export async function readOnlyLine(
  name: string,
  code: EvidenceCode,
  chunks: AsyncIterable<Uint8Array>,
): Promise<string> {
  let only: string | undefined;
  for await (const line of readLines(name, code, chunks)) {
    if (only !== undefined) throw new EvidenceError(code, name, 'It is more than one line.');
    only = line;
  }
  if (only === undefined) throw new EvidenceError(code, name, 'It is empty.');
  return only;
}
