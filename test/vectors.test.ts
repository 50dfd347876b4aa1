import { spawnSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { verdictOn } from './evidence/forge.ts';
import { APPROVER, type Files, MAKER } from './evidence/story.ts';
import { filesUnder } from './support/journey.ts';
import { CHECKER, checkWithPython, hasPython, withoutPython } from './support/python.ts';
import { makeVectors, patched, type Vector } from './vectors/make.ts';

const VECTORS = fileURLToPath(new URL('vectors', import.meta.url));

const parse = <T>(name: string): T => JSON.parse(readFileSync(join(VECTORS, name), 'utf8'));
const expected = parse<Vector[]>('expected.json');

function readBase(name: string): Files {
  return new Map(
    readdirSync(join(VECTORS, name)).map((file) => [file, readFileSync(join(VECTORS, name, file))]),
  );
}
const bases = { unsigned: readBase('unsigned'), signed: readBase('signed') };
const filesOf = ({ base, patch }: Vector): Files =>
  patch === undefined ? bases[base] : patched(bases[base], parse(patch));

const KEYS: Readonly<Record<string, KeyObject>> = {
  'TEST-KEY-approver.pub': APPROVER,
  'TEST-KEY-maker.pub': MAKER,
};
const keysIn = (names: readonly string[] = []) => names.flatMap((name) => KEYS[name] ?? []);
const trustOf = ({ trust, trustApprover, trustMaker }: Vector) => ({
  trust: keysIn(trust),
  trustApprover: keysIn(trustApprover),
  trustMaker: keysIn(trustMaker),
});
const OPTIONS = { trust: '--trust', trustApprover: '--trust-approver', trustMaker: '--trust-maker' } as const;
const argumentsOf = (vector: Vector): string[] =>
  (['trust', 'trustApprover', 'trustMaker'] as const).flatMap((name) =>
    (vector[name] ?? []).flatMap((file) => [OPTIONS[name], join(VECTORS, file)]),
  );

describe('the test vectors', () => {
  let made: ReadonlyMap<string, Buffer>;
  beforeAll(async () => {
    made = await makeVectors();
  });

  it('are what this Keyturn makes (else: node test/vectors/make.ts)', () => {
    const there = filesUnder(VECTORS)
      .map((path) => relative(VECTORS, path))
      .filter((name) => !/^(make\.ts|README\.md)$/.test(name));
    expect(there.toSorted()).toEqual([...made.keys()].sort());
    const differing = there.filter((name) => !made.get(name)?.equals(readFileSync(join(VECTORS, name))));
    expect(differing).toEqual([]);
  });

  it.each(expected)('$name: verifyBundle exits with $exit $code', async (vector) => {
    expect(await verdictOn(filesOf(vector), trustOf(vector))).toBe(vector.code ?? 'accepted');
  });
});

describe.skipIf(!hasPython)(`docs/verify_evidence.py${withoutPython}`, () => {
  it('says of every vector what it has to, but for what it does not check', () => {
    const said = checkWithPython(expected.map(filesOf), undefined, expected.map(argumentsOf));
    const due = expected.map(({ exit, code, needs }) => (needs || exit === 0 ? '0' : `${exit} ${code}`));
    const named = (verdicts: readonly (string | undefined)[]) =>
      Object.fromEntries(expected.map(({ name }, index) => [name, verdicts[index]]));
    expect(named(said)).toEqual(named(due));
  });

  it('runs as documented', () => {
    const run = (...args: string[]) => spawnSync('python3', [CHECKER, ...args], { encoding: 'utf8' });
    const good = run(join(VECTORS, 'unsigned'));
    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(good.stdout).toMatch(/The evidence is consistent.*Not proved:.*signature/s);
    expect(run()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('usage') });
    expect(run(VECTORS, VECTORS).status).toBe(2);
    expect(run(join(VECTORS, 'tampered')).status).toBe(2);
    expect(run(join(VECTORS, 'missing')).status).toBe(2);
  });

  it('finds links and directories, and follows none', () => {
    const spoils = [
      (directory: string) => symlinkSync('/dev/zero', join(directory, 'link')),
      (directory: string) => mkdirSync(join(directory, 'more')),
      (directory: string) => {
        rmSync(join(directory, 'plan.jsonl'));
        symlinkSync('/dev/zero', join(directory, 'plan.jsonl'));
      },
    ];
    const said = checkWithPython(
      spoils.map(() => bases.unsigned),
      (directory, index) => spoils[index]?.(directory),
    );
    expect(said).toEqual(spoils.map(() => '5 evidence-file-extra'));
  });
});
