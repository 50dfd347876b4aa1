import { JOURNAL, verifyChain } from '../../evidence/chain.ts';
import { deriveFindings } from '../../evidence/derive-finding.ts';
import { type EvidenceCode, EvidenceError } from '../../evidence/error.ts';
import { type Bundle, measure, verifyFiles } from '../../evidence/files.ts';
import { followHistory, type History } from '../../evidence/history.ts';
import { readLines, readOnlyLine } from '../../evidence/lines.ts';
import {
  BUNDLE_SIGNATURE,
  MANIFEST,
  type Manifest,
  manifestText,
  parseManifest,
  SUMS,
} from '../../evidence/manifest.ts';
import { FINDINGS_FILE, readFindings, readPopulation } from '../../evidence/population.ts';
import { requireTrust, type Signers, verifySignatures } from '../../evidence/signatures.ts';
import type { TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Store } from '../ports.ts';
import { reportFiles } from '../report/report-files.ts';
import { replay } from './replay.ts';

export interface VerifyRequest {
  readonly bundle: Bundle;
  /** An empty store to make the reports again from. */
  readonly store: Store;
  /** Of this Keyturn: another one may word a page differently. */
  readonly keyturnVersion: string;
  /** Public keys that are trusted, by role; a role without one needs no signature. */
  readonly trust?: readonly TrustedKey[];
}

export interface Verification {
  readonly manifest: Manifest;
  readonly history: History;
  readonly signers: Signers;
  /** Pages for people (Markdown, HTML) that another version of Keyturn made and this one words differently. */
  readonly notRendered: readonly string[];
}

/**
 * Checks a bundle of evidence, offline: its files against the manifest, the chain of the journal, that every change
 * was approved and every outcome and verdict joined to it, the reports made again from the journal, the signatures.
 * @throws EvidenceError at the first thing that is not as it should be
 */
export async function verifyBundle(request: VerifyRequest): Promise<Verification> {
  const { bundle, trust = [] } = request;
  const { manifest, digest } = await readManifest(bundle);
  await verifyFiles(bundle, manifest, digest);
  const history = await readHistory(bundle, manifest.rollout);
  verifyManifestOf(manifest, history);
  const notRendered = await verifyReports(request, manifest, history.rollout);
  const envelope = bundle.names.includes(BUNDLE_SIGNATURE)
    ? await readDocument(bundle, BUNDLE_SIGNATURE, 'evidence-signature')
    : undefined;
  const signers = verifySignatures(history.approvals, manifest.rollout, digest, envelope);
  requireTrust(signers, history.approvals, trust);
  return { manifest, history, signers, notRendered };
}

async function readManifest(bundle: Bundle): Promise<{ manifest: Manifest; digest: string }> {
  if (!bundle.names.includes(MANIFEST)) {
    throw new EvidenceError('evidence-file-missing', MANIFEST, 'There is no manifest.');
  }
  const manifest = parseManifest(await readDocument(bundle, MANIFEST, 'evidence-manifest'));
  return { manifest, digest: (await measure(bundle.bytes(MANIFEST))).sha256 };
}

async function readDocument(bundle: Bundle, name: string, code: EvidenceCode): Promise<string> {
  return `${await readOnlyLine(name, code, bundle.bytes(name))}\n`;
}

async function readHistory(bundle: Bundle, rollout: string): Promise<History> {
  const population = await readPopulation(findingLines(bundle));
  return followHistory(verifyChain(rollout, journalLines(bundle)), population);
}

const findingLines = (bundle: Bundle) =>
  readLines(FINDINGS_FILE, 'evidence-findings', bundle.bytes(FINDINGS_FILE));
const journalLines = (bundle: Bundle) => readLines(JOURNAL, 'evidence-entry', bundle.bytes(JOURNAL));

function verifyManifestOf({ journal, files }: Manifest, { head, rollout }: History): void {
  if (journal.entries !== head.entries || journal.head !== head.hash) {
    const said = `It ends with entry ${head.entries} (${head.hash}), not ${journal.entries} (${journal.head}).`;
    throw new EvidenceError('evidence-head', JOURNAL, said);
  }
  const plan = files.find(({ name }) => name === 'plan.jsonl');
  if (rollout.planDigest !== undefined && plan?.sha256 !== rollout.planDigest) {
    throw new EvidenceError('evidence-plan', 'plan.jsonl', `Its digest is not ${rollout.planDigest}.`);
  }
}

/**
 * Makes every file again from the journal and the findings. All of them are there, and no others. Data has to be the same
 * whichever version made the bundle, since a forger can name any; prose, if this version made it.
 * @returns names of the prose that another version made and this one words differently
 * @throws EvidenceError `evidence-report`
 */
async function verifyReports(
  { bundle, store, keyturnVersion }: VerifyRequest,
  manifest: Manifest,
  rollout: Rollout,
): Promise<string[]> {
  const isThisVersion = manifest.keyturnVersion === keyturnVersion;
  const sealed = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]));
  const notRendered: string[] = [];
  for await (const { name, chunks } of remake(bundle, store, manifest, rollout)) {
    if (name === MANIFEST) {
      const made = parseManifest((await Array.fromAsync(chunks)).join(''));
      if (dataOf(made) !== dataOf(manifest)) throw notFollowing(MANIFEST);
    } else if (name !== SUMS) {
      // What the sums are is settled by the manifest, and was compared with it.
      const said = sealed.get(name);
      if (said === undefined) throw notFollowing(name);
      sealed.delete(name);
      if ((await measure(chunks)).sha256 === said) continue;
      if (isThisVersion || !isProse(name)) throw notFollowing(name);
      notRendered.push(name);
    }
  }
  for (const name of sealed.keys()) throw notFollowing(name);
  return notRendered;
}

const isProse = (name: string): boolean => /\.(md|html)$/.test(name);

/** A manifest without the prose that it names. */
const dataOf = (manifest: Manifest): string =>
  manifestText({ ...manifest, files: manifest.files.filter(({ name }) => !isProse(name)) });

const notFollowing = (name: string): EvidenceError =>
  new EvidenceError('evidence-report', name, 'It does not follow from the journal and the findings.');

async function* remake(
  bundle: Bundle,
  store: Store,
  { rollout: id, keyturnVersion }: Manifest,
  known: Rollout,
) {
  try {
    await replay(store, entriesOf(bundle), deriveFindings(readFindings(findingLines(bundle)), known));
  } catch (cause) {
    if (!(cause instanceof KeyturnError)) throw cause;
    throw new EvidenceError('evidence-entry', JOURNAL, `It cannot be replayed: ${cause.message}`);
  }
  const rollout = await store.findRollout(id);
  if (rollout) yield* reportFiles(store, rollout, { keyturnVersion });
}

/** Parsed without a schema: the chain has been followed before. */
async function* entriesOf(bundle: Bundle): AsyncGenerator<JournalEntry> {
  for await (const line of journalLines(bundle)) yield JSON.parse(line);
}
