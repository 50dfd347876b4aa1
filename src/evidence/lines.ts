import { EvidenceError } from './error.ts';

/** Characters. An approval is one line; one of 100,000 keys takes some 30 million. */
const LONGEST_LINE = 300_000_000;

/**
 * Splits a file into its lines, each ended by a newline, without holding the file.
 * @param name of the file, for the error
 * @throws EvidenceError `evidence-entry` where it is not UTF-8, or does not end with a newline
 */
export async function* readLines(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const pieces: string[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    const parts = decode(name, decoder, chunk).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield pieces.splice(0).join('') + part;
      held = 0;
    }
    pieces.push(last);
    held += last.length;
    if (held > LONGEST_LINE) throw new EvidenceError('evidence-entry', name, 'A line has no end.');
  }
  if (pieces.join('') + decode(name, decoder) !== '') {
    throw new EvidenceError('evidence-entry', name, 'The last line has no end.');
  }
}

function decode(name: string, decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new EvidenceError('evidence-entry', name, 'It is not UTF-8.');
  }
}
