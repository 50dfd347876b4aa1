import { createHash } from 'node:crypto';
import { EvidenceError } from './error.ts';
import { BUNDLE_SIGNATURE, MANIFEST, type Manifest, SUMS, sumsText } from './manifest.ts';

/** A directory of evidence, whoever made it: nothing in it is to be believed before it is checked. */
export interface Bundle {
  /** Plain files. */
  readonly names: readonly string[];
  /** What else is there: links, directories, devices. Never followed and never opened. */
  readonly strays: readonly string[];
  /** A file in pieces. */
  bytes(name: string): AsyncIterable<Uint8Array>;
}

/** Measures what comes in pieces: SHA-256 and length in bytes. */
export function openMeter() {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    add(chunk: Uint8Array | string): void {
      hash.update(chunk);
      bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length;
    },
    /** To be called once, at the end. */
    read: () => ({ sha256: hash.digest('hex'), bytes }),
  };
}

/** SHA-256 and length of something that comes in pieces. */
export async function measure(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): Promise<{ sha256: string; bytes: number }> {
  const meter = openMeter();
  for await (const chunk of chunks) meter.add(chunk);
  return meter.read();
}

/**
 * Holds every file of a bundle against the manifest: none missing, none changed, none that it does not name.
 * @param manifestDigest SHA-256 of the manifest's own bytes
 * @throws EvidenceError `evidence-file-missing`, `evidence-file-changed` or `evidence-file-extra`
 */
export async function verifyFiles(
  bundle: Bundle,
  { files }: Manifest,
  manifestDigest: string,
): Promise<void> {
  const named = new Set([...files.map(({ name }) => name), MANIFEST, SUMS, BUNDLE_SIGNATURE]);
  const extra = bundle.names.find((name) => !named.has(name));
  if (extra !== undefined) {
    throw new EvidenceError('evidence-file-extra', extra, 'The manifest does not name this file.');
  }
  const [stray] = bundle.strays;
  if (stray !== undefined) throw new EvidenceError('evidence-file-extra', stray, 'It is no plain file.');
  const sums = await measure([sumsText(files, manifestDigest)]);
  for (const expected of [...files, { name: SUMS, ...sums }]) {
    const { name } = expected;
    if (!bundle.names.includes(name)) {
      throw new EvidenceError('evidence-file-missing', name, 'The manifest names it, and it is not there.');
    }
    const { sha256, bytes } = await measure(bundle.bytes(name));
    if (sha256 !== expected.sha256 || bytes !== expected.bytes) {
      const message = `Its SHA-256 is ${sha256} (${bytes} bytes), not ${expected.sha256} (${expected.bytes} bytes).`;
      throw new EvidenceError('evidence-file-changed', name, message);
    }
  }
}
