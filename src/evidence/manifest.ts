import * as z from 'zod';
import { digest } from '../model/digest.ts';
import { jsonText } from '../model/json-text.ts';
import { scope } from '../model/plan.ts';
import { notAssessedAccount } from '../model/rollout.ts';
import { timestamp } from '../model/text.ts';
import { EvidenceError } from './error.ts';
import { parseJsonLine, saidBy } from './json-line.ts';

export const MANIFEST = 'manifest.json';
export const SUMS = 'SHA256SUMS';
/** Signs the manifest. */
export const BUNDLE_SIGNATURE = 'bundle.dsse.json';
/** Files that the manifest cannot name, since they follow from it. */
const UNNAMED = [MANIFEST, SUMS, BUNDLE_SIGNATURE];
/** Files without which nothing can be checked. */
const NEEDED = ['plan.jsonl', 'findings.jsonl', 'journal.jsonl'];
/** Safe as a part of a file's name and of a line. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Keeps git from changing line endings; the one file whose name begins with a dot. */
export const GIT_ATTRIBUTES = '.gitattributes';
export const GIT_ATTRIBUTES_TEXT = '* -text\n';

/** A file of the bundle as it should be. */
export const sealedFile = z.strictObject({
  name: z.union([z.literal(GIT_ATTRIBUTES), z.string().regex(PLAIN_NAME)]),
  bytes: z.int().min(0),
  sha256: digest,
});
export type SealedFile = z.infer<typeof sealedFile>;

const time = timestamp.nullable();

/** What a bundle is, in one file: everything else is named in it by its SHA-256. */
export const manifest = z.strictObject({
  schema: z.literal('keyturn/evidence/v1'),
  rollout: z.string().regex(PLAIN_NAME),
  /** Of the Keyturn that made the bundle. */
  keyturnVersion: z.string(),
  scope,
  times: z.strictObject({
    createdAt: timestamp,
    assessedAt: time,
    firstReadAt: time,
    lastReadAt: time,
    firstApprovedAt: time,
    lastApprovedAt: time,
    firstChangedAt: time,
    lastChangedAt: time,
    firstValidatedAt: time,
    lastValidatedAt: time,
  }),
  /** What the evidence cannot speak about. */
  notSeen: z.strictObject({
    unreachable: z.array(
      z.strictObject({ account: z.string(), region: z.string(), reason: z.string(), fix: z.string() }),
    ),
    /** Keys of which nothing could be said. */
    unknown: z.int().min(0),
    notAssessedAccounts: z.array(notAssessedAccount),
    /** `null`: AWS did not say which Regions are enabled. */
    regionsLeftOut: z.array(z.string()).nullable(),
  }),
  journal: z.strictObject({ entries: z.int().min(1), head: digest }),
  files: z.array(sealedFile),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest's text: the same manifest is always the same bytes. */
export const manifestText = (contents: Manifest): string => `${jsonText(manifest.parse(contents))}\n`;

/** What `sha256sum -c` reads: every file that the manifest names, and the manifest. */
export function sumsText(files: readonly SealedFile[], manifestDigest: string): string {
  const all = [...files, { name: MANIFEST, sha256: manifestDigest }];
  return all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}

/** @throws EvidenceError `evidence-manifest` where the text is not, to the byte, a manifest as written here */
export function parseManifest(text: string): Manifest {
  const refuse = (why: string): never => {
    throw new EvidenceError('evidence-manifest', MANIFEST, why);
  };
  let value: unknown;
  try {
    value = parseJsonLine(text.slice(0, -1));
  } catch (cause) {
    return refuse(`It is no manifest: ${saidBy(cause)}`);
  }
  const parsed = manifest.safeParse(value);
  if (!parsed.success) return refuse(`It is no manifest: ${z.prettifyError(parsed.error)}`);
  const names = parsed.data.files.map(({ name }) => name);
  if (new Set(names).size < names.length) return refuse('It names a file twice.');
  const unnamed = UNNAMED.find((name) => names.includes(name));
  if (unnamed !== undefined) return refuse(`It names ${unnamed}, which follows from it.`);
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) return refuse(`It does not name ${missing}.`);
  return manifestText(parsed.data) === text ? parsed.data : refuse('It is not written as Keyturn writes it.');
}
