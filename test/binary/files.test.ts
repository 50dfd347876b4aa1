import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { candidates, EXIT, enableCalls, filesUnder, type Journey, startJourney } from '../support/journey.ts';
import { EXECUTABLE, runKeyturn } from '../support/keyturn.ts';
import type { ErrorDocument } from '../support/shapes.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const storeOf = ({ cwd }: Journey) => join(cwd, '.keyturn');
const databaseOf = (journey: Journey) => join(storeOf(journey), 'keyturn.db');

async function approved(): Promise<Journey> {
  const journey = await startJourney({ keys: candidates(3) });
  await journey.assess();
  await journey.run('approve', '--all');
  return journey;
}

/** A command that fails for the store's sake, without a call that changes anything. */
async function expectStoreError(
  journey: Journey,
  code: string,
  exits: readonly number[],
  args = ['configure'],
) {
  const ended = await journey.run(...args, '--json');
  const { error } = ended.json<ErrorDocument>();
  expect({ code: error.code, exit: ended.code }).toEqual({ code, exit: ended.code });
  expect(exits).toContain(ended.code);
  expect(error.fix).toMatch(/\w/);
  expect(error.message).not.toMatch(/unexpected/);
  expect(enableCalls(journey.sandbox)).toEqual([]);
}

describe.concurrent('the store on disk', () => {
  it('is its owner’s alone, and kept out of repositories', async () => {
    const journey = await approved();
    sampleWhileOpen(journey);
    await journey.run('configure');
    const store = storeOf(journey);
    expect(modeOf(store)).toBe(0o700);
    expect(readFileSync(join(store, '.gitignore'), 'utf8')).toBe('*\n');
    const files = filesUnder(store);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect(modeOf(file), file).toBe(0o600);
  });

  it('holds no credential, nor does any report or output', async () => {
    const { sandbox, cwd, runWith } = await startJourney({ keys: candidates(2) });
    const secrets = {
      AWS_ACCESS_KEY_ID: 'AKIALOOKFORME0000000',
      AWS_SECRET_ACCESS_KEY: 'look-for-this-secret-access-key',
      AWS_SESSION_TOKEN: 'look-for-this-session-token',
    };
    sandbox.configure({ faults: [{ kind: 'reset', operation: 'DescribeKey', times: 1 }] });
    const said = '';
    await expectStoreError(journey, 'refused-record', [EXIT.refused], ['plan', 'export', 'p']);
  });

  it('cannot be made where there is a file', async () => {
    const journey = await startJourney();
    journey.write('taken', 'a file');
    for (const store of ['taken', 'taken/below']) {
      const { code, json } = await journey.run('assess', '--store', store, '--json');
      expect(code).toBe(EXIT.failed);
      expect(json<ErrorDocument>().error).toMatchObject({
        code: 'store-failed',
        fix: expect.stringContaining('--store'),
      });
    }
    expect(journey.sandbox.log).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  const canDropRights = isRoot && runsAsNobody();
  it.skipIf(isRoot && !canDropRights)(
    `that may not be written is refused${isRoot && !canDropRights ? ' (skipped: root may write everywhere)' : ''}`,
    async () => {
      const journey = await approved();
      const place = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
      cleanUp(() => {
        chmodSync(place, 0o700);
        rmSync(place, { recursive: true, force: true });
      });
      mkdirSync(join(place, '.keyturn'));
      copyFileSync(databaseOf(journey), join(place, '.keyturn', 'keyturn.db'));
      chmodSync(join(place, '.keyturn', 'keyturn.db'), 0o444);
      for (const directory of [join(place, '.keyturn'), place]) chmodSync(directory, 0o555);
      const options = { cwd: place, env: { ...journey.sandbox.env }, ...(isRoot && { uid: NOBODY }) };
      for (const args of [['configure'], ['assess'], ['assess', '--store', 'elsewhere']]) {
        const { code, json } = await runKeyturn([...args, '--json'], options);
        expect(code).toBe(EXIT.failed);
        expect(json<ErrorDocument>().error).toMatchObject({
          code: 'store-failed',
          fix: expect.stringMatching(/writable/),
        });
      }
      expect(enableCalls(journey.sandbox)).toEqual([]);
      chmodSync(place, 0o700);
      chmodSync(join(place, '.keyturn'), 0o700);
    },
  );
});

const NOBODY = 65534;

/** Whether another user can start the executable at all, wherever it was checked out. */
function runsAsNobody(): boolean {
  try {
    return statSync(EXECUTABLE).isFile() && others(EXECUTABLE);
  } catch {
    return false;
  }
}

/** Whether everybody may enter each directory above a file. */
function others(path: string): boolean {
  const parts = path.split('/');
  return parts.every((_, index) => (modeOf(parts.slice(0, index + 1).join('/') || '/') & 0o001) !== 0);
}

function edit(journey: Journey, statement: string): void {
  const database = new DatabaseSync(databaseOf(journey));
  database.exec(statement);
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}

/** SQLite's side files exist only while the store is open. */
function sampleWhileOpen(journey: Journey): void {
  const timer = setInterval(() => {
    for (const file of existsSync(storeOf(journey)) ? filesUnder(storeOf(journey)) : []) {
      if (existsSync(file) && modeOf(file) !== 0o600) throw new Error(`${file} is open to others`);
    }
  }, 5);
  cleanUp(() => clearInterval(timer));
}
