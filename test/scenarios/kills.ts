import { expect } from 'vitest';
import type { FaultRule, KeySnapshot, Sandbox, SandboxSettings } from '../../sandbox/index.ts';
import {
  candidates,
  EXIT,
  enableCalls,
  FRANKFURT,
  IRELAND,
  type Journey,
  until,
} from '../support/journey.ts';
import { readJournal } from '../support/store.ts';

/** Numbers that follow from a seed, so that a run can be had again. */
export function randomFrom(seed: string): () => number {
  let state = [...seed].reduce(
    (hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16777619),
    2166136261,
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export type Random = () => number;
export const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

/** Shorter than what every configure here is given to settle: else AWS could not be read back. */
const LAG_MS = 600;
export const SETTLE = '2s';

const enable = { operation: 'EnableKeyRotation' } as const;

/** AWS at its worse: slow, late, throttling, and losing answers before and after it acted. */
export const TROUBLES: Readonly<Record<string, readonly FaultRule[]>> = {
  none: [],
  'lost after acting': [
    { ...enable, kind: 'reset', when: 'after', probability: 0.3 },
    { ...enable, kind: 'status', status: 500, when: 'after', probability: 0.2 },
  ],
  'lost before acting': [
    { ...enable, kind: 'reset', probability: 0.15 },
    { ...enable, kind: 'status', status: 503, body: 'html', probability: 0.15 },
  ],
  throttled: [
    { kind: 'throttle', probability: 0.1, ...enable },
    { kind: 'throttle', probability: 0.1, operation: 'DescribeKey' },
    { kind: 'throttle', probability: 0.1, operation: 'ListKeys' },
    { kind: 'throttle', probability: 0.1, operation: 'GetKeyRotationStatus' },
  ],
  everything: [
    { ...enable, kind: 'reset', when: 'after', probability: 0.15 },
    { ...enable, kind: 'reset', probability: 0.1 },
    { ...enable, kind: 'throttle', probability: 0.1 },
    { kind: 'reset', operation: 'GetKeyRotationStatus', probability: 0.05 },
    { kind: 'status', status: 500, operation: 'DescribeKey', probability: 0.05 },
  ],
};

/** A small world in two Regions: candidates, and keys of other kinds that nothing may touch. */
export const worldOf = (seed: string, trouble: string): SandboxSettings => ({
  seed,
  keys: [
    ...candidates(8, FRANKFURT),
    ...candidates(4, IRELAND),
    { region: FRANKFURT, description: 'on', rotation: { periodInDays: 180 } },
    { region: FRANKFURT, description: 'disabled', keyState: 'Disabled' },
    { region: IRELAND, description: 'rsa', keySpec: 'RSA_2048' },
    { region: IRELAND, description: 'imported', origin: 'EXTERNAL' },
    { region: IRELAND, description: 'aws', keyManager: 'AWS' },
  ],
  latency: { ms: 4, jitterMs: 12 },
  consistency: { rotationMs: LAG_MS },
  faults: [...(TROUBLES[trouble] ?? [])],
});

export const REGIONS = ['--region', FRANKFURT, '--region', IRELAND];

/** What is true of the world, whatever has become of Keyturn so far. */
export interface Truth {
  readonly before: ReadonlyMap<string, KeySnapshot>;
  /** The ARNs that a person has approved. */
  readonly approved: ReadonlySet<string>;
}

/** What has to hold at every moment: nothing changed that was not approved, or not announced before, or twice. */
export function checkNothingWrongSoFar({ sandbox, cwd }: Journey, { before, approved }: Truth): void {
  const calls = enableCalls(sandbox);
  const journal = readJournal(cwd);
  const announced = Map.groupBy(
    journal.filter(({ kind }) => kind === 'intent'),
    ({ keyArn }) => keyArn,
  );
  for (const [keyArn = '', made] of Map.groupBy(calls, (call) => call.keyArn)) {
    expect(approved, 'called without approval').toContain(keyArn);
    expect(announced.get(keyArn)?.length ?? 0, 'called without an announcement').toBeGreaterThanOrEqual(
      made.length,
    );
    expect(made.filter(({ acted }) => acted).length, 'turned on twice').toBeLessThanOrEqual(1);
    for (const { parameters } of made) expect(parameters).toEqual({ RotationPeriodInDays: 365 });
  }
  expect(sandbox.log.filter(({ acted, operation }) => acted && operation !== 'EnableKeyRotation')).toEqual(
    [],
  );
  for (const key of sandbox.keys()) {
    if (!approved.has(key.arn)) expect(key).toEqual(before.get(key.arn));
  }
}

/** Goes on by what `keyturn status` says until there is nothing left to do, as a person would. */
export async function goOn(journey: Journey, approveArgs: readonly string[]): Promise<void> {
  const { run, cwd } = journey;
  for (let steps = 0; steps < 12; steps++) {
    const status = await run('status', '--json');
    const next = status.code === EXIT.done ? status.json<{ next: string }>().next : 'keyturn assess';
    const [, command = '', ...rest] = next.split(' ');
    if (command === 'report') {
      // Failures are tried again by configure; status counts them as ended.
      const { outcomes } = status.json<{ outcomes: Record<string, number> }>();
      if (outcomes['failed'] === 0 && outcomes['skipped'] === 0) return;
    }
    const args =
      command === 'report'
        ? ['configure', ...rest.filter((word) => !/report|--out/.test(word))]
        : [command, ...rest];
    await run(...withOptions(args, approveArgs));
  }
  throw new Error(`does not come to an end in ${cwd}`);
}

/** The command line with what a test adds to it. */
export function withOptions(args: readonly string[], approveArgs: readonly string[]): string[] {
  switch (args[0]) {
    case 'assess':
      return [...args, ...REGIONS];
    case 'approve':
      return [...args, ...approveArgs];
    case 'configure':
      return [...args, '--settle', SETTLE];
    case 'validate':
      return [...args, '--wait', '5s'];
    default:
      return [...args];
  }
}

/** What has to hold when all is done: every approved key on, once, with a true outcome, and totals that add up. */
export async function checkAllDone(journey: Journey, truth: Truth): Promise<void> {
  const { run, sandbox, outcomes, verdicts, cwd } = journey;
  const { approved } = truth;
  checkNothingWrongSoFar(journey, truth);
  const calls = Map.groupBy(enableCalls(sandbox), ({ keyArn }) => keyArn);
  const ended = await outcomes();
  expect(ended.map(({ keyArn }) => keyArn).sort()).toEqual([...approved].sort());
  const journal = readJournal(cwd);
  for (const { keyArn, outcome, proof, requestId, attempts } of ended) {
    const acting = (calls.get(keyArn) ?? []).filter(({ acted }) => acted);
    expect(acting, `${keyArn} turned on once`).toHaveLength(1);
    expect(outcome).toBe('enabled');
    if (proof === 'proven') expect(acting[0]).toMatchObject({ status: 200, requestId });
    else expect(proof).toBe('presumed');
    const entries = journal.filter((entry) => entry.keyArn === keyArn);
    const intents = entries.filter(({ kind }) => kind === 'intent');
    expect(attempts, 'attempts are the announcements').toBe(intents.length);
    const last = entries.findLast(({ kind }) => kind === 'intent' || kind === 'outcome');
    expect(last).toMatchObject({ kind: 'outcome', body: { outcome: 'enabled' } });
  }
  for (const { arn, rotation } of sandbox.keys()) {
    if (approved.has(arn)) expect(rotation).toMatchObject({ enabled: true, periodInDays: 365 });
  }
  const { code, json } = await run('validate', '--json', '--wait', '5s');
  const requested = approved.size;
  expect(json()).toMatchObject({
    requested,
    confirmed: requested,
    discrepant: 0,
    unreadable: 0,
    notChanged: 0,
  });
  expect(code).toBe(EXIT.done);
  expect(await verdicts('--verdict', 'confirmed')).toHaveLength(requested);
  expect(journal.map(({ seq }) => seq).filter((seq) => !(seq >= 1))).toEqual([]);
}

/** When to kill: as AWS gets the n-th call of an operation from now on, or so many milliseconds after the start. */
export type Moment = { readonly operation: string; readonly call: number } | { readonly afterMs: number };

export const sayMoment = (moment: Moment): string =>
  'afterMs' in moment
    ? `${moment.afterMs} ms after its start`
    : `at call ${moment.call} of ${moment.operation}`;

/** Starts a command and kills it at the moment; whether it was killed, or had ended before. */
export async function killAt(
  { sandbox, start }: Journey,
  args: readonly string[],
  moment: Moment,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<boolean> {
  const earlier = callsOf(sandbox, moment);
  const { child, ended } = start(...args);
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
  });
  const begun = performance.now();
  await until(
    () =>
      isOver ||
      ('afterMs' in moment
        ? performance.now() - begun >= moment.afterMs
        : callsOf(sandbox, moment) - earlier >= moment.call),
    sayMoment(moment),
    40_000,
  );
  const killed = !isOver && child.kill(signal);
  await over;
  return killed;
}

const callsOf = ({ counts }: Sandbox, moment: Moment): number =>
  'operation' in moment ? (counts.operations[moment.operation]?.calls ?? 0) : 0;
