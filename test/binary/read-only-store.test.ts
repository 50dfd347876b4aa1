import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { candidates, EXIT, type Journey, startJourney, temporaryDirectory } from '../support/journey.ts';
import { EXECUTABLE, runKeyturn } from '../support/keyturn.ts';
import type { ErrorDocument } from '../support/shapes.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** Root may write everywhere, so the commands run as another user, if that one can run them. */
const isPossible = !isRoot || runsAsNobody();

function runsAsNobody(): boolean {
  try {
    execFileSync(EXECUTABLE, ['--version'], { uid: NOBODY, gid: NOBODY, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The store as a backup that is mounted read-only. @param log whether it was taken while its log held the decisions */
async function backup(log: 'with' | 'without') {
  const journey = await startJourney({ keys: candidates(3) });
  const { rollout } = await journey.assess();
  const mounted = temporaryDirectory();
  const store = join(mounted, '.keyturn');
  mkdirSync(store);
  const source = join(journey.cwd, '.keyturn');
  if (log === 'with') await approveKeepingTheLog(journey, source, store);
  else {
    await journey.run('approve', '--all');
    cpSync(source, store, { recursive: true });
  }
  const work = temporaryDirectory();
  chmodSync(work, 0o777);
  protect(mounted, store);
  const user = isRoot ? { uid: NOBODY } : {};
  const run = (...args: string[]) =>
    runKeyturn([...args, '--store', store], {
      cwd: work,
      env: { ...journey.sandbox.env, TMPDIR: work },
      ...user,
    });
  return { rollout, store, work, run };
}

/** As long as another connection is open, SQLite leaves what is committed in the log. */
async function approveKeepingTheLog({ run }: Journey, source: string, store: string): Promise<void> {
  const holder = new DatabaseSync(join(source, 'keyturn.db'));
  holder.prepare('select count(*) from rollouts').get();
  await run('approve', '--all');
  cpSync(join(source, 'keyturn.db'), join(store, 'keyturn.db'));
  cpSync(join(source, 'keyturn.db-wal'), join(store, 'keyturn.db-wal'));
  holder.close();
}

function protect(mounted: string, store: string): void {
  for (const name of readdirSync(store)) chmodSync(join(store, name), 0o444);
  for (const directory of [store, mounted]) chmodSync(directory, 0o555);
  cleanUp(() => {
    for (const directory of [mounted, store]) if (existsSync(directory)) chmodSync(directory, 0o755);
    rmSync(mounted, { recursive: true, force: true });
  });
}

describe.skipIf(!isPossible).each(['without', 'with'] as const)(
  `a store that may not be written, %s a log${isPossible ? '' : ' (skipped: no other user to run as)'}`,
  (log) => {
    it('is read by every command that only reads, whole, and left as it is', async () => {
      const { rollout, store, work, run } = await backup(log);
      const before = readdirSync(store);
      expect((await run('status', '--json')).json()).toMatchObject({ rollout, phase: 'approved', listed: 3 });
      expect((await run('rollouts', '--json')).json()).toMatchObject({ rollouts: [{ rollout }] });
      expect((await run('list', 'decisions', '--decision', 'approve', '--json')).lines()).toHaveLength(3);
      const report = await run('report', '--out', 'report');
      expect(report).toMatchObject({ code: EXIT.done });
      expect((await run('plan', 'export', 'plan.json')).code).toBe(EXIT.done);
      expect((await runKeyturn(['verify', 'report'], { cwd: work })).code).toBe(EXIT.done);
      const review = await run('review', '--read-only', '--no-open', '--idle', '200ms', '--json');
      expect(review).toMatchObject({ code: EXIT.done, stderr: '' });
      expect(review.json()).toMatchObject({ readOnly: true });
      expect(readdirSync(store)).toEqual(before);
      expect(readdirSync(work).filter((name) => name.startsWith('keyturn-'))).toEqual([]);
    });

    it('is refused by every command that writes, with the reason', async () => {
      const { run } = await backup(log);
      for (const args of [
        ['assess'],
        ['approve', '--all'],
        ['configure'],
        ['validate'],
        ['review', '--no-open'],
      ]) {
        const { code, json } = await run(...args, '--json');
        expect(code, args[0]).toBe(EXIT.failed);
        expect(json<ErrorDocument>().error, args[0]).toMatchObject({
          code: 'store-failed',
          fix: expect.stringMatching(/writable|permissions/),
        });
      }
    });
  },
);
