import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../src/files/read-bundle.ts';
import { readTextFile } from '../../src/files/read-text.ts';
import { createKeyFiles, isEncrypted } from '../../src/files/signing-keys.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { writeReport } from '../../src/files/write-report.ts';
import { writeNewFile } from '../../src/files/write-text.ts';
import { systemError } from '../../src/messages/system-error.ts';
import { storeError } from '../../src/store/error.ts';
import { temporaryDirectory } from '../support/journey.ts';

const directory = temporaryDirectory();
const file = join(directory, 'file');
writeFileSync(file, 'x');
const below = join(file, 'below');
const none = join(directory, 'none');

async function* nothing() {}

const failing = (code: string) => Object.assign(new Error(`${code}: something, open '/x'`), { code });
const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('what the system said', () => {
  it.each<[string, () => unknown, string]>([
    ['a file to read', () => readTextFile(none), 'it does not exist'],
    ['a directory to read as a file', () => readTextFile(directory), 'it is a directory, not a file'],
    ['a file below a file', () => readTextFile(below), 'a part of the path is a file, not a directory'],
    ['a key', () => isEncrypted(none), 'it does not exist'],
    ['a key to write', () => createKeyFiles(below, undefined), 'a part of the path is a file'],
    ['evidence', () => openBundle(none), 'it does not exist'],
    ['a new file', () => writeNewFile(below, ['x']), 'a part of the path is a file'],
    ['a store that is a file', () => makeStoreDirectory(file), 'a part of the path is a file'],
    ['a store below a file', () => makeStoreDirectory(below), 'a part of the path is a file'],
    ['a report below a file', () => writeReport(below, nothing()), 'a part of the path is a file'],
  ])('is told of %s, with its path and no talk of UTF-8', async (_, work, what) => {
    const error = await thrownBy(work);
    expect(error).toMatchObject({ name: 'KeyturnError', message: expect.stringContaining(what) });
    expect(String((error as Error).message)).toContain(directory);
    expect((error as { fix: string }).fix).not.toContain('UTF-8');
  });

  it('of a file that is not UTF-8 is something else', async () => {
    writeFileSync(join(directory, 'latin'), Buffer.from([0xe9]));
    await expect(readTextFile(join(directory, 'latin'))).rejects.toMatchObject({
      fix: expect.stringContaining('CSV UTF-8'),
    });
  });

  it.each([
    ['ENOSPC', 'the disk is full', /^Free some space/],
    ['EDQUOT', 'quota', /^Free some space/],
    ['EIO', 'the disk failed', /^Check the disk/],
    ['EACCES', 'permission denied', /^own advice/],
    ['EROFS', 'read-only', /^own advice/],
  ])('as %s has a fix that fits', (code, what, fix) => {
    expect(systemError('output-failed', 'It failed', 'own advice', failing(code))).toMatchObject({
      code: 'output-failed',
      message: expect.stringContaining(what),
      fix: expect.stringMatching(fix),
    });
  });

  it.each(['EMFILE', 'ENFILE'])('as %s is too many open files, whatever failed', (code) => {
    expect(systemError('store-failed', 'It failed', 'Check permissions.', failing(code))).toMatchObject({
      code: 'system-open-files',
      message: expect.stringContaining('too many open files'),
      fix: expect.stringContaining(code === 'EMFILE' ? 'ulimit -n' : 'limit of the system'),
    });
  });

  it('is asked for when SQLite cannot open its file', () => {
    mkdirSync(join(directory, 'store'), { recursive: true });
    const cannotOpen = Object.assign(new Error('unable to open database file'), { errcode: 14 });
    expect(storeError(below, cannotOpen)).toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('a part of the path is a file'),
    });
    const full = Object.assign(new Error('database or disk is full'), { errcode: 13 });
    expect(storeError(file, full)).toMatchObject({
      message: expect.stringContaining('the disk is full'),
      fix: 'Free some space, then run the command again.',
    });
  });
});
