import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isShared, isStorePublic } from '../../src/files/permissions.ts';
import { createKeyFiles } from '../../src/files/signing-keys.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { writeReport } from '../../src/files/write-report.ts';
import { writeNewFile, writeWhole } from '../../src/files/write-text.ts';

/** A directory where somebody planted links to a file of the victim, and to one that does not exist. */
function planted(...names: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-planted-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious');
  for (const name of names)
    symlinkSync(name.startsWith('new') ? join(directory, 'born') : victim, join(directory, name));
  const isUnharmed = () =>
    readFileSync(victim, 'utf8') === 'precious' && !existsSync(join(directory, 'born'));
  return { directory, path: (name: string) => join(directory, name), isUnharmed };
}

async function* report(...names: readonly string[]) {
  for (const name of names) yield { name, chunks: ['forged'] };
}

describe('a link that somebody planted', () => {
  it('under the name of an unfinished file is not followed', async () => {
    const { path, isUnharmed } = planted('file.unfinished', 'plan.jsonl.unfinished');
    await writeNewFile(path('file'), ['text']);
    await writeWhole(path('plan.jsonl'), ['text']);
    expect(readFileSync(path('file'), 'utf8')).toBe('text');
    expect(isUnharmed()).toBe(true);
  });

  it('under the name of the file itself is refused or replaced, not followed', async () => {
    const { path, isUnharmed } = planted('old', 'new', 'whole', 'new-whole');
    for (const name of ['old', 'new'])
      await expect(writeNewFile(path(name), ['text'])).rejects.toMatchObject({ code: 'input-argument' });
    for (const name of ['whole', 'new-whole']) await writeWhole(path(name), ['text']);
    expect(readFileSync(path('whole'), 'utf8')).toBe('text');
    expect(isUnharmed()).toBe(true);
  });

  it.each(['new-key', 'new-other.pub'])(
    'under the name of a signing key (%s) is refused, and no half is left',
    (name) => {
      const { path, directory, isUnharmed } = planted(name);
      expect(() => createKeyFiles(path(name.replace(/\.pub$/, '')), undefined)).toThrow();
      expect(readdirSync(directory).sort()).toEqual([name, 'victim'].sort());
      expect(isUnharmed()).toBe(true);
    },
  );

  it.each(['keyturn.db', '.gitignore'])('under the name of %s in a store is not followed', (name) => {
    const { directory, path, isUnharmed } = planted();
    const store = path('store');
    mkdirSync(store);
    symlinkSync(join(directory, 'born'), join(store, name));
    expect(() => makeStoreDirectory(store)).toThrow();
    expect(isUnharmed()).toBe(true);
  });
});

describe('a write that fails', () => {
  it('leaves nothing behind', async () => {
    const { directory, path } = planted();
    function* failing() {
      yield 'half';
      throw new Error('stop');
    }
    await expect(writeNewFile(path('file'), failing())).rejects.toThrow();
    expect(readdirSync(directory)).toEqual(['victim']);
  });
});

describe('a report', () => {
  it.each(['../out.json', 'approval-../../x.dsse.json', '/etc/x', 'notes.txt'])(
    'never has a file of the name %s',
    async (name) => {
      const { path } = planted();
      await expect(writeReport(path('out'), report(name))).rejects.toMatchObject({ code: 'output-failed' });
      expect(readdirSync(path('out'))).toEqual([]);
    },
  );

  it('is not written over files of another program that have the same names', async () => {
    const { path } = planted();
    mkdirSync(path('out'));
    for (const name of ['summary.json', 'manifest.json']) writeFileSync(join(path('out'), name), '{}');
    await expect(writeReport(path('out'), report('plan.jsonl'))).rejects.toMatchObject({
      code: 'input-argument',
    });
    expect(readFileSync(join(path('out'), 'manifest.json'), 'utf8')).toBe('{}');
  });
});

describe('permissions', () => {
  it('of a new pair of keys are those of keys, whatever the umask', () => {
    const { path } = planted();
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    createKeyFiles(path('key'), undefined);
    const mode = (name: string) => (statSync(path(name)).mode & 0o777).toString(8);
    expect([mode('key'), mode('key.pub')]).toEqual(['600', '644']);
    expect(isShared(path('key'))).toBe(false);
    chmodSync(path('key'), 0o640);
    expect(isShared(path('key'))).toBe(true);
  });

  it('of a store are pointed out if every user can read it', () => {
    const { path } = planted();
    const store = makeStoreDirectory(path('store'));
    expect(isStorePublic(store)).toBe(false);
    chmodSync(join(store, 'keyturn.db'), 0o644);
    expect(isStorePublic(store)).toBe(false);
    chmodSync(store, 0o755);
    expect(isStorePublic(store)).toBe(true);
  });
});
