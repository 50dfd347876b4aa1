import type { ChildProcess } from 'node:child_process';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, type Journey, startJourney, until } from '../support/journey.ts';
import type { Ended } from '../support/keyturn.ts';
import type { ErrorDocument } from '../support/shapes.ts';

/*
 * The file that the operating system locks can be deleted, its holder can be stopped and continued, and the store itself
 * can go: two processes then never turn one key on twice, and nothing is called that is not on record.
 */

const KEYS = 12;
const storeOf = ({ cwd }: Journey) => join(cwd, '.keyturn');

async function approved(latencyMs: number): Promise<Journey> {
  const journey = await startJourney({ keys: candidates(KEYS) });
  await journey.assess();
  await journey.run('approve', '--all');
  journey.sandbox.configure({ latency: { operations: { EnableKeyRotation: latencyMs } } });
  return journey;
}

function deleteLocks(journey: Journey): void {
  for (const name of readdirSync(storeOf(journey)).filter((each) => each.includes('.lock'))) {
    rmSync(join(storeOf(journey), name), { force: true });
  }
}

const actedOn = ({ sandbox }: Journey) =>
  enableCalls(sandbox)
    .filter(({ acted }) => acted)
    .map(({ keyArn }) => keyArn);

async function expectWhole(journey: Journey): Promise<void> {
  const acted = actedOn(journey);
  expect(new Set(acted).size).toBe(acted.length);
  await journey.run('validate', '--wait', '1s');
  const report = await journey.run('report', '--out', 'evidence');
  expect(report.code, report.stderr).toBe(EXIT.done);
  const verified = await journey.run('verify', 'evidence');
  expect(verified.code, verified.stdout + verified.stderr).toBe(EXIT.done);
}

/** Runs a command while a process is stopped; anew if that was stopped in the middle of a transaction, which holds the database. */
async function whileStopped(child: ChildProcess, command: () => Promise<Ended>): Promise<Ended> {
  for (;;) {
    child.kill('SIGSTOP');
    const ended = await command();
    if (!ended.stdout.includes('another process is writing to it')) return ended;
    child.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.concurrent('a lock file that is deleted in mid-run', () => {
  it('leaves one of two runs the right to go on; the other says so and calls nothing more', async () => {
    const journey = await approved(8000);
    const { sandbox, start, run, outcomes } = journey;
    const first = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    sandbox.configure({ latency: null });
    deleteLocks(journey);
    const second = await run('configure', '--json', '--settle', '3s');
    const { code, json } = await first.ended;
    expect(code).toBe(EXIT.refused);
    expect(json<ErrorDocument>().error).toMatchObject({ code: 'refused-taken-over' });
    expect(second.code, second.stdout).toBe(EXIT.done);
    expect(await outcomes('--outcome', 'enabled')).toHaveLength(KEYS);
    await expectWhole(journey);
  });

  it('lets a holder that was stopped call nothing when it is continued', async () => {
    const journey = await approved(1200);
    const { sandbox, start, run } = journey;
    const first = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    deleteLocks(journey);
    sandbox.configure({ latency: null });
    const second = await whileStopped(first.child, () => run('configure', '--json', '--settle', '3s'));
    expect(second.code, second.stdout).toBe(EXIT.done);
    const calls = enableCalls(sandbox).length;
    first.child.kill('SIGCONT');
    expect((await first.ended).code).toBe(EXIT.refused);
    expect(enableCalls(sandbox)).toHaveLength(calls);
    await expectWhole(journey);
  });
});

describe.concurrent('a store that goes in mid-run', () => {
  const LOSSES: Readonly<Record<string, (journey: Journey) => void>> = {
    'its directory is deleted': (journey) => rmSync(storeOf(journey), { recursive: true }),
    'its directory is renamed': (journey) => renameSync(storeOf(journey), `${storeOf(journey)}-old`),
    'its database is unlinked': (journey) => rmSync(join(storeOf(journey), 'keyturn.db')),
    'its log is unlinked': (journey) => rmSync(join(storeOf(journey), 'keyturn.db-wal')),
  };
  it.each(Object.entries(LOSSES))('ends the run before another key is called: %s', async (_, lose) => {
    const journey = await approved(700);
    const { sandbox, start } = journey;
    const { ended } = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'it works');
    const called = () => enableCalls(sandbox).length;
    const before = called();
    lose(journey);
    const { code, json } = await ended;
    expect(code).toBe(EXIT.failed);
    expect(json<ErrorDocument>().error).toMatchObject({ code: 'store-failed' });
    // What was already on its way arrives; nothing else does.
    expect(called()).toBeLessThanOrEqual(before + 2);
    expect(called()).toBeLessThan(KEYS);
  });
});
