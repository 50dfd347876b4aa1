import { createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ATTACKS, type Attack } from '../evidence/attacks.ts';
import { APPROVER, type Files, MAKER, tell, tellWhole } from '../evidence/story.ts';

/*
 * Makes the test vectors anew: `node test/vectors/make.ts`. README.md says what they are. They are the same to the
 * byte each time, until Keyturn words or writes something differently.
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** One thing to check, and what has to come of it. */
export interface Vector {
  readonly name: string;
  readonly about: string;
  /** The directory to begin from. */
  readonly base: Attack['base'];
  /** The files that then differ; none where there is nothing to do. */
  readonly patch?: string;
  /** Files of public keys to trust: as an approver's, as the maker's, or as either's. */
  readonly trustApprover?: readonly string[];
  readonly trustMaker?: readonly string[];
  readonly trust?: readonly string[];
  readonly exit: 0 | 5;
  readonly code?: string;
  readonly needs?: Attack['needs'];
}

/**
 * What a patch does to a file of the base: null removes it; else the bytes from `start` to before `end` make way for
 * `text`, or for `base64`. A file that the base has not begins empty.
 */
export type Change = null | ({ readonly start: number; readonly end: number } & Piece);
type Piece = { readonly text: string } | { readonly base64: string };
export type Patch = Readonly<Record<string, Change>>;

const ROLES = { trustApprover: ['TEST-KEY-approver.pub'], trustMaker: ['TEST-KEY-maker.pub'] };
const TRUST = {
  roles: ROLES,
  either: { trust: [...ROLES.trustApprover, ...ROLES.trustMaker] },
};
const KEYS = { 'TEST-KEY-approver': APPROVER, 'TEST-KEY-maker': MAKER };

/** All files of the vectors, by path. */
export async function makeVectors(): Promise<Map<string, Buffer>> {
  const bases = {
    unsigned: await tell((story) => tellWhole(story)),
    signed: await tell((story) => tellWhole(story, { approver: APPROVER, maker: MAKER })),
  };
  const vectors: Vector[] = [
    { name: 'unsigned', about: 'a good bundle', base: 'unsigned', exit: 0 },
    {
      name: 'signed',
      about: 'a good bundle, signed, as is its first approval',
      base: 'signed',
      ...TRUST.roles,
      exit: 0,
    },
  ];
  const made = new Map<string, Buffer>();
  for (const [base, files] of Object.entries(bases)) {
    for (const [name, bytes] of files) made.set(`${base}/${name}`, bytes);
  }
  for (const attack of ATTACKS) {
    const patch = `tampered/${attack.name}.json`;
    made.set(patch, document(difference(bases[attack.base], await attack.forge(bases[attack.base]))));
    vectors.push(vectorOf(attack, patch));
  }
  for (const [name, key] of Object.entries(KEYS)) {
    made.set(`${name}.pem`, Buffer.from(key.export({ format: 'pem', type: 'pkcs8' })));
    made.set(`${name}.pub`, Buffer.from(createPublicKey(key).export({ format: 'pem', type: 'spki' })));
  }
  return made.set('expected.json', document(vectors));
}

function vectorOf({ name, about, base, code, needs, trust }: Attack, patch: string): Vector {
  return {
    name,
    about,
    base,
    patch,
    ...(trust && TRUST[trust]),
    ...(code === 'accepted' ? { exit: 0 } : { exit: 5, code }),
    ...(needs && { needs }),
  };
}

function difference(before: Files, after: Files): Patch {
  const changed = [...after].filter(([name, bytes]) => !before.get(name)?.equals(bytes));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  return Object.fromEntries([
    ...changed.map(([name, bytes]) => [name, changeOf(before.get(name) ?? Buffer.alloc(0), bytes)]),
    ...removed.map((name) => [name, null]),
  ]);
}

/** All but what the two begin and end with alike. */
function changeOf(before: Buffer, after: Buffer): Change {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < most - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail, ...pieceOf(after.subarray(start, after.length - tail)) };
}

function pieceOf(bytes: Buffer): Piece {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString('base64') };
}

/** Applies a patch to the files of its base. */
export function patched(base: Files, patch: Patch): Files {
  const files = new Map(base);
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) files.delete(name);
    else {
      const before = base.get(name) ?? Buffer.alloc(0);
      const piece = 'text' in change ? Buffer.from(change.text) : Buffer.from(change.base64, 'base64');
      files.set(name, Buffer.concat([before.subarray(0, change.start), piece, before.subarray(change.end)]));
    }
  }
  return files;
}

const document = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

function write(made: ReadonlyMap<string, Buffer>): void {
  for (const directory of ['unsigned', 'signed', 'tampered']) {
    if (existsSync(join(HERE, directory))) rmSync(join(HERE, directory), { recursive: true });
  }
  for (const [name, bytes] of made) {
    mkdirSync(dirname(join(HERE, name)), { recursive: true });
    writeFileSync(join(HERE, name), bytes);
  }
  console.log(`${made.size} files, ${readdirSync(join(HERE, 'tampered')).length} of them tamperings`);
}

if (import.meta.main) write(await makeVectors());
