import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  candidates,
  EXIT,
  enableCalls,
  type Journey,
  startJourney,
  temporaryDirectory,
  until,
} from '../support/journey.ts';
import { type Running, startKeyturn } from '../support/keyturn.ts';
import { readJournal } from '../support/store.ts';
import { hasTerminal, onTerminal } from '../support/terminal.ts';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** Waits until a run has said something. */
async function untilTold({ child }: Running, what: string): Promise<void> {
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      told += chunk;
    });
  await until(() => told.includes(what), `it says ${what}`);
}

/** Twelve approved keys; a change takes 400 ms. */
async function approved(): Promise<Journey> {
  const journey = await startJourney({
    keys: candidates(12),
    latency: { operations: { EnableKeyRotation: 400 } },
  });
  await journey.assess();
  expect((await journey.run('approve', '--all')).code).toBe(EXIT.done);
  return journey;
}

describe('a signal', () => {
  it.each(SIGNALS)(
    '%s lets configure finish what it has announced, and the exit code is %i',
    async (signal, code) => {
      const journey = await approved();
      const { start, run, sandbox, cwd, outcomes } = journey;
      const running = start('configure', '--json');
      await until(() => enableCalls(sandbox).length > 0, 'the first EnableKeyRotation');
      running.child.kill(signal);
      // As a terminal that closes does.
      running.child.kill(signal);
      const stopped = await running.ended;
      expect(stopped).toMatchObject({ code });
      expect(stopped.json()).toMatchObject({ error: { code: 'interrupted' } });
      const kinds = readJournal(cwd).map(({ kind }) => kind);
      const count = (kind: string) => kinds.filter((each) => each === kind).length;
      expect(count('outcome')).toBe(count('intent'));
      expect(enableCalls(sandbox).length).toBeLessThan(12);
      expect((await run('configure', '--json')).code).toBe(EXIT.done);
      for (const outcome of await outcomes())
        expect(outcome).toMatchObject({ status: 'applied', proof: 'proven' });
      expect(enableCalls(sandbox)).toHaveLength(12);
    },
  );

  it('of another kind ends it at once', async () => {
    const { start, sandbox } = await approved();
    const running = start('configure');
    await until(() => enableCalls(sandbox).length > 0, 'the first EnableKeyRotation');
    running.child.kill('SIGINT');
    await untilTold(running, 'Stopping');
    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBeNull();
    expect(running.child.signalCode).toBe('SIGTERM');
  });

  it.each([['review', '--no-open'] as const, ['approve', '--all'] as const])(
    'that comes while AWS is asked who calls ends %s %s, and nothing is approved',
    async (...words) => {
      const { start, assess, sandbox, cwd } = await startJourney({ keys: candidates(1) });
      await assess();
      sandbox.clearLog();
      sandbox.configure({ latency: { operations: { GetCallerIdentity: 1500 } } });
      const running = start(...words);
      await until(() => sandbox.log.length > 0, 'GetCallerIdentity');
      running.child.kill('SIGTERM');
      expect(await running.ended).toMatchObject({
        code: 143,
        stderr: expect.stringContaining('Stopped as asked'),
      });
      expect(readJournal(cwd).filter(({ kind }) => kind === 'approval')).toEqual([]);
    },
  );

  it.each(SIGNALS.slice(1))('%s ends the page', async (signal, code) => {
    const { start, assess } = await startJourney({ keys: candidates(1) });
    await assess();
    const page = start('review', '--no-open');
    await untilTold(page, 'http://');
    page.child.kill(signal);
    expect((await page.ended).code).toBe(code);
  });

  it.each(SIGNALS.slice(1, 2))(
    '%s ends the wait for standard input, and nothing is approved',
    async (signal, code) => {
      const { assess, cwd, sandbox } = await startJourney({ keys: candidates(1) });
      await assess();
      const waiting = startKeyturn(['approve', '--from', '-'], { cwd, env: sandbox.env, holdInput: true });
      // Nothing is said before the file is read; by then it surely listens.
      await setTimeout(3000);
      waiting.child.kill(signal);
      const ended = await waiting.ended;
      expect(ended).toMatchObject({ code, stderr: expect.stringContaining('Stopped as asked') });
      expect(readJournal(cwd).filter(({ kind }) => kind === 'approval')).toEqual([]);
    },
  );

  it('SIGHUP ends the sandbox', async () => {
    const running = startKeyturn(['sandbox'], { cwd: temporaryDirectory() });
    await untilTold(running, 'AWS_ENDPOINT_URL');
    running.child.kill('SIGHUP');
    expect((await running.ended).code).toBe(EXIT.done);
  });

  it.runIf(hasTerminal)('is what a closed terminal is: what was announced is finished', async () => {
    const journey = await approved();
    const { cwd, outcomes, run } = journey;
    await onTerminal(journey, ['configure'], [{ expect: 'configure', hangUp: true }]);
    const kinds = readJournal(cwd).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'outcome')).toHaveLength(
      kinds.filter((kind) => kind === 'intent').length,
    );
    await run('configure');
    for (const outcome of await outcomes()) expect(outcome).toMatchObject({ proof: 'proven' });
  });
});
