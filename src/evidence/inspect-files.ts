import { parseEnvelope } from './dsse.ts';
import { type Bundle, measure, openMeter } from './files.ts';
import { readOnlyLine } from './lines.ts';
import { BUNDLE_SIGNATURE, MANIFEST, type Manifest, parseManifest, SUMS, sumsText } from './manifest.ts';

/** How the files of a bundle compare with its manifest, by name. */
export interface FileInspection {
  /** How many files there should be: those that the manifest names, the manifest itself and SHA256SUMS. */
  readonly expected: number;
  /** How many of those are there and as they should be. */
  readonly unchanged: number;
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** Files that are as they should be once each CRLF is LF again. */
  readonly lineEndings: readonly string[];
  /** Files, links and directories that the manifest does not name. */
  readonly extra: readonly string[];
}

/**
 * Compares every file of a bundle with the manifest, to say what happened to it as a whole.
 * @returns undefined if there is no manifest, or it is not one even with its line endings restored
 */
export async function inspectFiles(bundle: Bundle): Promise<FileInspection | undefined> {
  const manifest = await readManifest(bundle);
  if (!manifest) return undefined;
  const { files } = manifest.contents;
  const sums = await measure([sumsText(files, manifest.digest)]);
  const expected = [...files, { name: SUMS, ...sums }];
  const states = new Map<string, FileState>();
  for (const file of expected) states.set(file.name, await compare(bundle, file));
  states.set(MANIFEST, manifest.state);
  const unchanged = [...states.values()].filter((state) => state === 'unchanged').length;
  states.set(BUNDLE_SIGNATURE, (await isSignatureWithCrlf(bundle)) ? 'line-endings' : 'unchanged');
  const inState = (wanted: FileState) =>
    [...states].filter(([, state]) => state === wanted).map(([name]) => name);
  return {
    expected: expected.length + 1,
    unchanged,
    missing: inState('missing'),
    changed: inState('changed'),
    lineEndings: inState('line-endings'),
    extra: [...bundle.names.filter((name) => !states.has(name)), ...bundle.strays].sort(),
  };
}

type FileState = 'unchanged' | 'line-endings' | 'changed' | 'missing';

async function readManifest(
  bundle: Bundle,
): Promise<{ contents: Manifest; digest: string; state: FileState } | undefined> {
  if (!bundle.names.includes(MANIFEST)) return undefined;
  const found = await measure(bundle.bytes(MANIFEST));
  try {
    const restored = () => withLf(bundle.bytes(MANIFEST));
    const text = `${await readOnlyLine(MANIFEST, 'evidence-manifest', restored())}\n`;
    const { sha256: digest } = await measure([text]);
    return {
      contents: parseManifest(text),
      digest,
      state: digest === found.sha256 ? 'unchanged' : 'line-endings',
    };
  } catch {
    return undefined;
  }
}

async function compare(
  bundle: Bundle,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
): Promise<FileState> {
  if (!bundle.names.includes(name)) return 'missing';
  const { raw, restored } = await measureBoth(bundle.bytes(name));
  if (raw === sha256) return 'unchanged';
  return restored === sha256 ? 'line-endings' : 'changed';
}

/** Nothing names the signature: only that it is one once its line endings are restored can be told here. */
async function isSignatureWithCrlf(bundle: Bundle): Promise<boolean> {
  if (!bundle.names.includes(BUNDLE_SIGNATURE)) return false;
  const read = async (chunks: AsyncIterable<Uint8Array>) =>
    parseEnvelope(`${await readOnlyLine(BUNDLE_SIGNATURE, 'evidence-signature', chunks)}\n`);
  try {
    const asFound = await read(bundle.bytes(BUNDLE_SIGNATURE));
    return asFound === undefined && (await read(withLf(bundle.bytes(BUNDLE_SIGNATURE)))) !== undefined;
  } catch {
    return false;
  }
}

/** SHA-256 of the bytes as they are, and with LF for each CRLF. */
async function measureBoth(chunks: AsyncIterable<Uint8Array>): Promise<{ raw: string; restored: string }> {
  const raw = openMeter();
  const tapped = (async function* () {
    for await (const chunk of chunks) {
      raw.add(chunk);
      yield chunk;
    }
  })();
  const { sha256: restored } = await measure(withLf(tapped));
  return { raw: raw.read().sha256, restored };
}

const CR = 0x0d;

/** The same bytes with LF for each CRLF, also if the two are in different chunks. */
async function* withLf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let isCrHeld = false;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    const bytes: Buffer = isCrHeld ? Buffer.concat([Buffer.of(CR), chunk]) : Buffer.from(chunk);
    isCrHeld = bytes.at(-1) === CR;
    const whole = isCrHeld ? bytes.subarray(0, -1) : bytes;
    yield Buffer.from(whole.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  }
  if (isCrHeld) yield Buffer.of(CR);
}
