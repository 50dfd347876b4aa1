import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, type Journey, startJourney } from '../support/journey.ts';
import { EXECUTABLE } from '../support/keyturn.ts';
import { later } from '../support/later.ts';
import type { ErrorDocument } from '../support/shapes.ts';
import { readJournal } from '../support/store.ts';

const MINUTE = 60_000;

async function approved(keys = 3): Promise<Journey> {
  const journey = await startJourney({ keys: candidates(keys) });
  await journey.assess();
  await journey.run('approve', '--all');
  return journey;
}

describe.concurrent('a clock that is minutes off', () => {
  it.each([
    [-7, '7 minutes ahead of'],
    [7, '7 minutes behind'],
  ])('is told and refused, and nothing is changed: %i minutes', async (minutes, said) => {
    const journey = await approved();
    const entries = readJournal(journey.cwd).length;
    journey.sandbox.configure({ clockOffsetMs: minutes * MINUTE });
    for (const command of ['configure', 'assess']) {
      const { code, json } = await journey.run(command, '--json');
      expect(code).toBe(EXIT.refused);
      expect(json<ErrorDocument>().error).toMatchObject({
        code: 'refused-clock',
        message: expect.stringContaining(said),
        fix: expect.stringMatching(/NTP/),
      });
    }
    expect(enableCalls(journey.sandbox)).toEqual([]);
    expect(readJournal(journey.cwd)).toHaveLength(entries);
    // Set right again, it goes on.
    const { code } = await journey.runWith(later(minutes * MINUTE), 'configure');
    expect(code).toBe(EXIT.done);
  });

  it('is borne where it is off by less than AWS itself bears', async () => {
    const journey = await approved();
    journey.sandbox.configure({ clockOffsetMs: 4 * MINUTE });
    expect((await journey.run('configure')).code).toBe(EXIT.done);
  });
});

/** Runs Keyturn from a line of shell that puts a limit on it first. */
async function runUnder(limit: string, { cwd, sandbox }: Journey, ...args: string[]) {
  const env = { PATH: process.env['PATH'], HOME: cwd, ...sandbox.env };
  const line = `${limit}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', line, EXECUTABLE, ...args], { cwd, env, timeout: 50_000 });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  child.stderr.resume();
  const [code] = await once(child, 'close');
  return { code, said };
}

/** What has to hold when the disk gave out in mid-run: all that AWS was asked for was announced, and it goes on. */
async function expectToGoOn(journey: Journey, keys: number): Promise<void> {
  const asked = enableCalls(journey.sandbox).map(({ keyArn }) => keyArn);
  expect(asked.length).toBeLessThan(keys);
  const announced = readJournal(journey.cwd).filter(({ kind }) => kind === 'intent');
  expect(announced.map(({ keyArn }) => keyArn)).toEqual(expect.arrayContaining(asked));
  const { code, json } = await journey.run('configure', '--json', '--settle', '1s');
  expect(json()).toMatchObject({ outcomes: { applied: keys } });
  expect(code).toBe(EXIT.done);
  expect(enableCalls(journey.sandbox).filter(({ acted }) => acted)).toHaveLength(keys);
  await journey.run('report', '--out', 'report');
  expect((await journey.run('verify', 'report')).code).toBe(EXIT.done);
}

describe.concurrent('a disk that gives out while keys are changed', () => {
  it('ends the run with an error that says so; the next one goes on, and no key is changed twice', async () => {
    const keys = 30;
    const journey = await approved(keys);
    // In blocks of 512 bytes: the write-ahead log may grow to some of the changes and no further.
    const { code, said } = await runUnder("ulimit -f 400; trap '' XFSZ", journey, 'configure', '--json');
    expect(code).toBe(EXIT.failed);
    expect(JSON.parse(said)).toMatchObject({
      error: { code: 'store-failed', fix: expect.stringMatching(/disk/) },
    });
    await expectToGoOn(journey, keys);
  });

  const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0;
  it.skipIf(!canMount)(
    `is called full where it is full${canMount ? '' : ' (skipped: no file system can be mounted here)'}`,
    async () => {
      const journey = await approved(30);
      const { cwd } = journey;
      const small = `mount -t tmpfs -o size=600k tmpfs "${cwd}/small"; cp ${cwd}/.keyturn/* "${cwd}/small"`;
      const line = `mkdir "${cwd}/small"; ${small}; exec "${EXECUTABLE}" configure --json --store "${cwd}/small"`;
      const env = { PATH: process.env['PATH'], HOME: cwd, ...journey.sandbox.env };
      const child = spawn('unshare', ['-rm', 'sh', '-c', line], { cwd, env, timeout: 50_000 });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
      const [code] = await once(child, 'close');
      expect(code).toBe(EXIT.failed);
      expect(JSON.parse(said)).toMatchObject({
        error: { code: 'store-failed', message: expect.stringContaining('the disk is full') },
      });
      expect(enableCalls(journey.sandbox).length).toBeLessThan(30);
    },
  );
});
