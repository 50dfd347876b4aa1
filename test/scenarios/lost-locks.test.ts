import { describe, expect, it } from 'vitest';
import { deleteLocks, LOSSES, whileStopped } from '../support/interfere.ts';
import { candidates, EXIT, enableCalls, type Journey, startJourney, until } from '../support/journey.ts';
import type { ErrorDocument } from '../support/shapes.ts';

/*
 * The file that the operating system locks can be deleted, its holder can be stopped and continued, and the store itself
 * can go: two processes then never turn one key on twice, and nothing is called that is not on record.
 */

const KEYS = 12;

async function approved(latencyMs: number): Promise<Journey> {
  const journey = await startJourney({ keys: candidates(KEYS) });
  await journey.assess();
  await journey.run('approve', '--all');
  journey.sandbox.configure({ latency: { operations: { EnableKeyRotation: latencyMs } } });
  return journey;
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

describe.concurrent('a lock file that is deleted in mid-run', () => {
  it('leaves one of two runs the right to go on; the other says so and calls nothing more', async () => {
    const journey = await approved(8000);
    const { sandbox, start, run, outcomes } = journey;
    const first = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    sandbox.configure({ latency: null });
    deleteLocks(journey.cwd);
    const second = await run('configure', '--json', '--settle', '3s');
    const { code, json } = await first.ended;
    expect(code).toBe(EXIT.refused);
    expect(json<ErrorDocument>().error).toMatchObject({ code: 'refused-taken-over' });
    expect(second.code, second.stdout).toBe(EXIT.done);
    expect(await outcomes('--outcome', 'applied')).toHaveLength(KEYS);
    await expectWhole(journey);
  });

  it('lets a holder that was stopped call nothing when it is continued', async () => {
    const journey = await approved(1200);
    const { sandbox, start, run } = journey;
    const first = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'the first one works');
    deleteLocks(journey.cwd);
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
  it.each(Object.entries(LOSSES))('ends the run before another key is called: %s', async (_, lose) => {
    const journey = await approved(700);
    const { sandbox, start } = journey;
    const { ended } = start('configure', '--json');
    await until(() => enableCalls(sandbox).length > 0, 'it works');
    const called = () => enableCalls(sandbox).length;
    const before = called();
    lose(journey.cwd);
    const { code, json } = await ended;
    expect(code).toBe(EXIT.failed);
    expect(json<ErrorDocument>().error).toMatchObject({ code: 'store-failed' });
    // What was already on its way arrives; nothing else does.
    expect(called()).toBeLessThanOrEqual(before + 2);
    expect(called()).toBeLessThan(KEYS);
  });
});
