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
    let said = '';
    for (const args of [
      ['assess'],
      ['approve', '--all'],
      ['configure'],
      ['validate', '--wait', '1s'],
      ['report', '--out', 'report'],
      ['status', '--json'],
      ['list', 'outcomes', '--json'],
    ]) {
      const { stdout, stderr } = await runWith({ ...secrets, KEYTURN_DEBUG: '1' }, ...args);
      said += stdout + stderr;
    }
    const written = filesUnder(cwd).map((file) => readFileSync(file, 'latin1'));
    expect(written.length).toBeGreaterThan(10);
    for (const secret of Object.values(secrets)) {
      expect(said).not.toContain(secret);
      for (const text of written) expect(text).not.toContain(secret);
    }
  });

  it('can be somewhere else', async () => {
    const { run, cwd } = await startJourney({ keys: candidates(1) });
    const store = join(cwd, 'a', 'b');
    expect((await run('assess', '--store', store)).code).toBe(EXIT.done);
    expect(modeOf(store)).toBe(0o700);
    expect(existsSync(join(cwd, '.keyturn'))).toBe(false);
    expect((await run('status', '--store', 'a/b', '--json')).json()).toMatchObject({ candidate: 1 });
  });

  it('that is no database is refused, and left alone', async () => {
    const journey = await approved();
    const garbage = 'this is not a database, and it is long enough to look at '.repeat(20);
    for (const name of readdirSync(storeOf(journey))) rmSync(join(storeOf(journey), name), { force: true });
    writeFileSync(databaseOf(journey), garbage);
    await expectStoreError(journey, 'store-failed', [EXIT.failed]);
    await expectStoreError(journey, 'store-failed', [EXIT.failed], ['assess']);
    expect(readFileSync(databaseOf(journey), 'utf8')).toBe(garbage);
  });

  it('that is damaged in the middle or cut short is refused', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.fill(0x55, 4096),
      (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2)),
    ]) {
      const journey = await approved();
      const path = databaseOf(journey);
      writeFileSync(path, damage(readFileSync(path)));
      const { code, json } = await journey.run('configure', '--json');
      expect([EXIT.failed, EXIT.badInput]).toContain(code);
      expect(json<ErrorDocument>().error).toMatchObject({ fix: expect.stringMatching(/\w/) });
      expect(json<ErrorDocument>().error.code).toMatch(/^(store|input)-/);
      expect(enableCalls(journey.sandbox)).toEqual([]);
    }
  });

  it('whose records were edited is refused: a broken record, and a finding that is not the one that was assessed', async () => {
    const broken = await approved();
    edit(broken, "update findings set record = '{' where rowid = 1");
    await expectStoreError(broken, 'refused-record', [EXIT.refused]);
    const forged = await approved();
    edit(forged, `update findings set record = replace(record, '"c01"', '"other"')`);
    await expectStoreError(forged, 'refused-record', [EXIT.refused]);
    await expectStoreError(forged, 'refused-record', [EXIT.refused], ['approve', '--all']);
    await expectStoreError(forged, 'refused-record', [EXIT.refused], ['report', '--out', 'forged']);
    expect(existsSync(join(forged.cwd, 'forged'))).toBe(false);
  });

  it('of a later version is refused, and left as it is', async () => {
    const journey = await approved();
    edit(journey, 'pragma user_version = 99');
    const before = readFileSync(databaseOf(journey));
    await expectStoreError(journey, 'input-store', [EXIT.badInput]);
    await expectStoreError(journey, 'input-store', [EXIT.badInput], ['assess']);
    expect(readFileSync(databaseOf(journey)).equals(before)).toBe(true);
  });

  it('in which a trigger was put stops configure before AWS is called', async () => {
    const journey = await approved();
    edit(journey, "create trigger full before insert on journal begin select raise(abort, 'disk full'); end");
    await expectStoreError(journey, 'refused-record', [EXIT.refused]);
  });

  it('is shown with a warning by status and list, while a row in it is edited', async () => {
    const journey = await approved();
    edit(journey, "update in_force set choice = 'defer'");
    const status = await journey.run('status', '--json');
    expect(status.code).toBe(EXIT.incomplete);
    expect(status.json()).toMatchObject({ recordProblem: expect.stringMatching(/in_force .*entry/) });
    const list = await journey.run('list', 'decisions');
    expect(list.code).toBe(EXIT.incomplete);
    expect(list.stderr).toMatch(/warning: .*in_force/);
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
