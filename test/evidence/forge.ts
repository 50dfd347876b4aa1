import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { verifyChain } from '../../src/evidence/chain.ts';
import { derOf, envelopeText, keyIdOf, signPayload } from '../../src/evidence/dsse.ts';
import { EvidenceError } from '../../src/evidence/error.ts';
import type { Bundle } from '../../src/evidence/files.ts';
import { followHistory } from '../../src/evidence/history.ts';
import { BUNDLE_SIGNATURE, MANIFEST, type Manifest, SUMS, sumsText } from '../../src/evidence/manifest.ts';
import { readFindings, readPopulation } from '../../src/evidence/population.ts';
import { bundleStatement } from '../../src/evidence/statement.ts';
import type { TrustedKey } from '../../src/evidence/trust.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import { jsonText } from '../../src/model/json-text.ts';
import { openTemporaryStore } from '../../src/store/open.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { reportFiles } from '../../src/workflow/report/report-files.ts';
import { replay } from '../../src/workflow/verify/replay.ts';
import { type Verification, verifyBundle } from '../../src/workflow/verify/verify.ts';
import { collect, type Files, VERSION } from './story.ts';

/*
 * What somebody can do who may write every file of a bundle and has Keyturn's sources: each function here makes good
 * one more of the things that a tampering breaks.
 */

/** Any JSON, to be tampered with. */
// biome-ignore lint/suspicious/noExplicitAny: a forger keeps to no schema
export type Loose = any;

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

export const textOf = (files: Files, name: string): string => {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`there is no ${name}`);
  return bytes.toString();
};
const linesOf = (files: Files, name: string): string[] => textOf(files, name).split('\n').slice(0, -1);

/** The same bundle with other contents in one file; `undefined` takes the file away. */
export function withFile(files: Files, name: string, content: string | Buffer | undefined): Files {
  const changed = new Map(files);
  if (content === undefined) changed.delete(name);
  else changed.set(name, Buffer.from(content));
  return changed;
}

export const edited = (files: Files, name: string, change: (text: string) => string): Files =>
  withFile(files, name, change(textOf(files, name)));

export const manifestOf = (files: Files): Manifest => JSON.parse(textOf(files, MANIFEST));
export const journalOf = (files: Files): Loose[] =>
  linesOf(files, 'journal.jsonl').map((line) => JSON.parse(line));

/** The journal as edited, with nothing else made good. */
export function withJournal(files: Files, entries: readonly Loose[]): Files {
  return withFile(files, 'journal.jsonl', entries.map((entry) => `${jsonText(entry)}\n`).join(''));
}

/** The same, with every entry numbered and chained anew. */
export function chained(files: Files, entries: readonly Loose[]): Files {
  let previous = '0'.repeat(64);
  const lines = entries.map((entry, index) => {
    const line = jsonText({ ...entry, seq: index + 1, previous });
    previous = sha256(line);
    return `${line}\n`;
  });
  return withFile(files, 'journal.jsonl', lines.join(''));
}

/** A manifest that names one more file, to be measured when it is sealed. */
export const naming =
  (name: string, text: string) =>
  (manifest: Loose): Loose => ({
    ...manifest,
    files: [...manifest.files, { name, bytes: Buffer.byteLength(text), sha256: sha256(text) }],
  });

/** The manifest and the sums made anew over the files as they are; `change` can lie in the manifest. */
export function sealed(files: Files, change: (manifest: Loose) => Loose = (same) => same): Files {
  const { files: before, ...manifest } = manifestOf(files);
  const names = before.map(({ name }) => name).filter((name) => files.has(name));
  const lines = linesOf(files, 'journal.jsonl');
  const text = `${jsonText(
    change({
      ...manifest,
      journal: { entries: lines.length, head: lines.length ? sha256(lines.at(-1) ?? '') : '0'.repeat(64) },
      files: names.map((name) => {
        const bytes = files.get(name) ?? Buffer.alloc(0);
        return { name, bytes: bytes.length, sha256: sha256(bytes) };
      }),
    }),
  )}\n`;
  return summed(withFile(files, MANIFEST, text));
}

/** The sums made anew over the manifest as it is. */
export function summed(files: Files): Files {
  return withFile(files, SUMS, sumsText(manifestOf(files).files, sha256(textOf(files, MANIFEST))));
}

/** Every report and the manifest made again by Keyturn itself, from the journal and the findings as they are. */
export async function remade(files: Files): Promise<Files> {
  const store = await openTemporaryStore();
  try {
    await replayInto(store, files);
    const rollout = await store.findRollout(manifestOf(files).rollout);
    if (!rollout) throw new Error('nothing to make reports of');
    const again = await collect(reportFiles(store, rollout, { keyturnVersion: VERSION }));
    const signature = files.get(BUNDLE_SIGNATURE);
    return signature ? again.set(BUNDLE_SIGNATURE, signature) : again;
  } finally {
    await store.close();
  }
}

/** Makes an empty store say what the journal and the findings say. */
export const replayInto = (store: Store, files: Files): Promise<void> =>
  replay(store, entriesOf(files), readFindings(linesIn(files, 'findings.jsonl')));

async function* entriesOf(files: Files): AsyncGenerator<JournalEntry> {
  yield* journalOf(files);
}

async function* linesIn(files: Files, name: string): AsyncGenerator<string> {
  yield* linesOf(files, name);
}

/** A signature over the manifest as it is. */
export function signed(files: Files, key: KeyObject): Files {
  const statement = bundleStatement(manifestOf(files).rollout, sha256(textOf(files, MANIFEST)));
  return withFile(files, BUNDLE_SIGNATURE, envelopeText(statement, [signPayload(statement, key)]));
}

export const keyIdOfKey = (key: KeyObject): string => keyIdOf(derOf(createPublicKey(key)));

export function bundleOf(files: Files, strays: readonly string[] = []): Bundle {
  return {
    names: [...files.keys()].sort(),
    strays,
    bytes: async function* (name) {
      const bytes = files.get(name);
      if (!bytes) throw new Error(`ENOENT: ${name}`);
      // In two pieces, so that every reader has to put a line together again.
      yield bytes.subarray(0, bytes.length >> 1);
      yield bytes.subarray(bytes.length >> 1);
    },
  };
}

/** What is said of the findings, the chain and the history alone, without making reports. */
export async function storyOf(files: Files): Promise<string> {
  try {
    const population = await readPopulation(linesIn(files, 'findings.jsonl'));
    await followHistory(verifyChain(manifestOf(files).rollout, linesIn(files, 'journal.jsonl')), population);
    return 'accepted';
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}

export interface VerifyOptions {
  readonly trust?: readonly KeyObject[];
  readonly trustApprover?: readonly KeyObject[];
  readonly trustMaker?: readonly KeyObject[];
  readonly strays?: readonly string[];
  readonly keyturnVersion?: string;
}

export function trustIn({ trust = [], trustApprover = [], trustMaker = [] }: VerifyOptions): TrustedKey[] {
  const keysOf = (keys: readonly KeyObject[], role: TrustedKey['role']) =>
    keys.map((key) => ({ keyid: keyIdOfKey(key), file: `${role}.pub`, role }));
  return [...keysOf(trust, 'either'), ...keysOf(trustApprover, 'approver'), ...keysOf(trustMaker, 'maker')];
}

/** Verifies as `keyturn verify` would. */
export async function verify(files: Files, options: VerifyOptions = {}): Promise<Verification> {
  const store = await openTemporaryStore();
  try {
    const bundle = bundleOf(files, options.strays);
    return await verifyBundle({
      bundle,
      store,
      keyturnVersion: options.keyturnVersion ?? VERSION,
      trust: trustIn(options),
    });
  } finally {
    await store.close();
  }
}

/** What a verification says: the code of what it finds, or `accepted`. Any other failure is one of the test. */
export async function verdictOn(files: Files, options?: VerifyOptions): Promise<string> {
  try {
    const { notRendered } = await verify(files, options);
    return notRendered.length === 0 ? 'accepted' : 'accepted in part';
  } catch (error) {
    if (error instanceof EvidenceError) return error.code;
    throw error;
  }
}
