import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findStoreDirectory, makeStoreDirectory } from '../../src/files/store-directory.ts';
import { openStore } from '../../src/store/open.ts';
import { arnOf } from '../support/facts.ts';
import { beginJourney } from '../workflow/journey.ts';

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'store');
}

async function withStore() {
  const directory = makeStoreDirectory(temporaryDirectory());
  await (await openStore(directory)).close();
  return { directory, path: join(directory, 'keyturn.db') };
}

describe('a store directory', () => {
  it('is for its owner alone, and for no repository', async () => {
    const { directory, path } = await withStore();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('is found again, and not made by looking for it', async () => {
    const { directory } = await withStore();
    expect(findStoreDirectory(directory)).toBe(directory);
    expect(() => findStoreDirectory(`${directory}-other`)).toThrow(
      expect.objectContaining({ code: 'input-store' }),
    );
  });
});

describe('a store that cannot be used', () => {
  it('is refused, unchanged, where a later Keyturn made it', async () => {
    const { directory, path } = await withStore();
    const database = new DatabaseSync(path);
    database.exec('pragma user_version = 99');
    database.close();
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'input-store' });
  });

  it('is refused where it is no database, or a damaged one', async () => {
    const { directory, path } = await withStore();
    truncateSync(path, 5000);
    const damaged = await openStore(directory)
      .then(
        async (store) => store.listRollouts().finally(() => store.close()),
        (error: unknown) => Promise.reject(error),
      )
      .catch((error: unknown) => error);
    expect(damaged).toMatchObject({ code: 'store-failed' });
    writeFileSync(path, 'no database at all, but long enough to be read as one'.repeat(100));
    await expect(openStore(directory)).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('is refused where a record in it was edited into nonsense', async () => {
    const { assess, store } = await beginJourney((aws) => aws.add('k', 'eu-central-1'));
    const { id } = await assess();
    const database = new DatabaseSync(store.path);
    database.prepare(`update findings set record = '{"keyArn":1}'`).run();
    database.close();
    await expect(store.finding(id, arnOf('k'))).rejects.toMatchObject({ code: 'store-damaged' });
  });
});

describe('the plan in the store', () => {
  it('cannot be approved or configured once a finding in it was edited', async () => {
    const { assess, decide, configure, store, aws } = await beginJourney((world) => {
      world.add('k', 'eu-central-1');
      world.add('l', 'eu-central-1');
    });
    const rollout = await assess();
    await decide(rollout, 'approve', arnOf('k'));
    const database = new DatabaseSync(store.path);
    database
      .prepare(`update findings set record = replace(record, 'a key', 'another key') where key_arn = ?`)
      .run(arnOf('l'));
    database.close();
    await expect(decide(rollout, 'approve', arnOf('l'))).rejects.toMatchObject({
      code: 'refused-record',
    });
    await expect(configure(rollout)).rejects.toMatchObject({ code: 'refused-record' });
    expect(aws.calls.filter((call) => call.startsWith('Enable'))).toEqual([]);
  });
});

describe('reading at one time', () => {
  it('sees the record as it was when it began', async () => {
    const { assess, decide, store } = await beginJourney((aws) => aws.add('k', 'eu-central-1'));
    const rollout = await assess();
    const other = await openStore(dirname(store.path));
    onTestFinished(() => other.close());
    await other.atOneTime(async () => {
      expect(await other.isDecided(rollout.id)).toBe(false);
      await decide(rollout, 'approve', arnOf('k'));
      expect(await other.isDecided(rollout.id)).toBe(false);
    });
    expect(await other.isDecided(rollout.id)).toBe(true);
  });
});

describe('the journal', () => {
  it('holds what was decided and done, in order, an intent before each outcome', async () => {
    const { assess, decide, configure, validate, store } = await beginJourney((aws) =>
      aws.add('k', 'eu-central-1'),
    );
    const rollout = await assess();
    await decide(rollout, 'approve', arnOf('k'));
    await configure(rollout);
    await validate(rollout);
    const kinds: string[] = [];
    for await (const line of store.journalLines(rollout.id)) {
      const { kind, seq } = JSON.parse(line);
      kinds.push(kind);
      expect(seq).toBe(kinds.length);
    }
    expect(kinds.filter((kind) => !kind.startsWith('place'))).toEqual([
      'assess-begun',
      'assess-completed',
      'approval',
      'configure-begun',
      'intent',
      'outcome',
      'check-begun',
      'verdict',
    ]);
  });

  it('refuses to be changed or shortened', async () => {
    const { assess, store } = await beginJourney(() => {});
    await assess();
    const database = new DatabaseSync(store.path);
    expect(() => database.exec(`update journal set line = '{}'`)).toThrow(/append-only/);
    expect(() => database.exec('delete from journal')).toThrow(/append-only/);
    database.close();
  });
});

describe('the lock of a rollout', () => {
  it('is held by one, released for the next, and names who left it behind when a process was killed', async () => {
    const { directory } = await withStore();
    const store = await openStore(directory);
    onTestFinished(() => store.close());
    const lock = await store.lockRollout('r', 'first');
    await expect(store.lockRollout('r', 'second')).rejects.toMatchObject({ code: 'refused-busy' });
    expect((await store.lockRollout('other', 'second')).takenOverFrom).toBeUndefined();
    await lock.release();
    const again = await store.lockRollout('r', 'third');
    expect(again.takenOverFrom).toBeUndefined();
    await again.release();
    const script = `
      import { takeLock } from '${join(import.meta.dirname, '../../src/store/lock.ts')}';
      takeLock('${join(directory, 'r.lock')}', 'the dead one');
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script])).toThrow();
    expect((await store.lockRollout('r', 'heir')).takenOverFrom).toBe('the dead one');
  });
});
