import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DecisionRequest } from '../../src/approve/request.ts';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import { KeyturnError } from '../../src/messages/error.ts';
import { openStore } from '../../src/store/open.ts';
import { approve } from '../../src/workflow/approve/approve.ts';
import { assess, resumeAssessment } from '../../src/workflow/assess/assess.ts';
import { configure } from '../../src/workflow/configure/configure.ts';
import { dryRun } from '../../src/workflow/configure/dry-run.ts';
import { configureInWaves } from '../../src/workflow/configure/waves.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { chooseRollout, findInterrupted, isAssessed } from '../../src/workflow/rollout/choose-rollout.ts';
import { validate } from '../../src/workflow/validate/validate.ts';
import { ACCOUNT } from '../support/facts.ts';
import { between, pick, type Random, randomFrom } from '../support/random.ts';
import { REQUEST } from '../workflow/journey.ts';
import { Log } from './log.ts';
import { ModelAws, ModelClock, REGIONS, type Weather } from './model-aws.ts';
import { type End, Process } from './process.ts';
import { checkHistory, checkNothingLeft, checkShown, type Witness } from './promises.ts';

/*
 * Random journeys through the workflows themselves, over a model of AWS and a real store: processes that die at any
 * step, answers that are lost, reads that lag, and somebody else who changes keys at any moment. After each command
 * the promises are checked. More of them, or the same again:
 *
 *   KEYTURN_RUNS=5000 KEYTURN_SEED=1 vitest run --project unit test/simulation
 */
const RUNS = Number(process.env['KEYTURN_RUNS'] ?? 30);
const SEED = Number(process.env['KEYTURN_SEED'] ?? Number.NaN);

const SETTLE_MS = 30_000;
/** Together less than the time to settle: beyond it, nothing is promised (docs/decisions/0007). */
const LAG_MS = 20_000;
const LATE_MS = 8000;
const PERIOD = REQUEST.RotationPeriodInDays;

const KINDS = [
  'assess',
  'resume',
  'decide',
  'decide',
  'configure',
  'configure',
  'configure',
  'configure in waves',
  'validate',
  'dry run',
] as const;
type Kind = (typeof KINDS)[number];

interface Command {
  readonly kind: Kind;
  readonly end: End | null;
}
interface Step extends Command {
  /** Another process at the same time. */
  readonly meanwhile: Command | null;
  /** Time that passes before it. */
  readonly idleMs: number;
}
interface Scenario {
  readonly seed: number;
  readonly trouble: number;
  readonly lagMs: number;
  /** How likely somebody else does something between two steps of a process. */
  readonly meddling: number;
  readonly steps: readonly Step[];
}

const sooner = fc.record({
  how: fc.constantFrom('killed', 'killed', 'killed', 'interrupted', 'disk full'),
  step: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 })),
}) satisfies fc.Arbitrary<End>;
/** Its end in so many of ten cases. */
const endIn = (cases: number): fc.Arbitrary<End | null> =>
  fc.oneof({ weight: 10 - cases, arbitrary: fc.constant(null) }, { weight: cases, arbitrary: sooner });
const stepOf = (kind: fc.Arbitrary<Kind>, cases: number): fc.Arbitrary<Step> =>
  fc.record({
    kind,
    end: endIn(cases),
    meanwhile: fc.option(fc.record({ kind: fc.constantFrom(...KINDS), end: endIn(5) }), { freq: 2 }),
    idleMs: fc.constantFrom(0, 0, 1000, 60_000, 5 * 86_400_000),
  });
/** A command that others depend on is ended less often. */
const begin = (kind: Kind, cases: number) => stepOf(fc.constant(kind), cases);

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  trouble: fc.constantFrom(0, 0.3, 0.6),
  lagMs: fc.constantFrom(0, 3000, LAG_MS),
  meddling: fc.constantFrom(0, 0.01, 0.05),
  steps: fc
    .tuple(
      begin('assess', 2),
      begin('decide', 1),
      begin('configure', 6),
      fc.array(stepOf(fc.constantFrom(...KINDS), 5), { maxLength: 7 }),
    )
    .map(([first, second, third, rest]) => [first, second, third, ...rest]),
});

/** Everything that a scenario happens in. */
class World implements Witness {
  readonly period = PERIOD;
  readonly log = new Log();
  readonly clock = new ModelClock();
  readonly random: Random;
  readonly aws: ModelAws;
  readonly store: Store;
  meddling: number;
  #ids = 0;

  constructor(store: Store, { seed, trouble, lagMs, meddling }: Scenario) {
    this.store = store;
    this.random = randomFrom(String(seed));
    const weather: Weather = { trouble, lagMs, lateMs: LATE_MS };
    this.aws = new ModelAws(this.clock, this.log, this.random, weather);
    this.meddling = meddling;
    for (let key = between(this.random, 1, 6); key > 0; key--) {
      this.aws.add(`key-${key}`, pick(this.random, REGIONS));
    }
    this.aws.add('mrk-1', REGIONS[0], {}, REGIONS[1]);
    this.aws.add('rsa', REGIONS[1], { KeySpec: 'RSA_2048' });
  }

  /** Somebody else's turn; most likely right after a call of ours that got no answer. */
  between(): void {
    if (this.meddling === 0) return;
    const last = this.log.all.at(-1);
    const isOpen = last?.kind === 'call' && last.answer === 'none';
    if (this.random() < (isOpen ? 0.3 : this.meddling)) this.aws.meddle();
  }
  newId(what: string): string {
    this.#ids += 1;
    return `${what}-${String(this.#ids).padStart(4, '0')}`;
  }

  /** From here on AWS only lags, and everybody leaves the keys alone. */
  calm(): void {
    this.meddling = 0;
    this.aws.weather = { ...this.aws.weather, trouble: 0 };
    this.clock.pass(LAG_MS + LATE_MS);
  }
}

/** Runs a command in a process of its own, which may be killed. */
async function run(world: World, { kind, end }: Command, rollout?: string): Promise<void> {
  const ours = new Process(world.log.of('process').length + 1, world, end ?? undefined);
  world.log.push({ kind: 'process', at: world.clock.now().getTime(), process: ours.id, what: kind });
  try {
    const how = await Promise.race([perform(world, ours, kind, rollout), ours.death]);
    if (how === 'killed') await ours.bury();
  } catch (error) {
    if (!(error instanceof KeyturnError) || !ALLOWED.test(error.code)) throw error;
    if (error.code === 'store-failed' && end?.how !== 'disk full') throw error;
  }
}

/** What a command may say instead of doing its work; a store that is damaged, or stale, is none of that. */
const ALLOWED =
  /^(input-rollout|refused-nothing-approved|refused-decisions|refused-busy|aws-failed|store-failed|interrupted)$/;

async function perform(world: World, ours: Process, kind: Kind, named?: string): Promise<'done'> {
  const store = ours.store(world.store);
  const aws = world.aws.for(ours);
  const host = {
    aws,
    store,
    clock: ours.clock(),
    notify: () => {},
    signal: ours.signal,
    holder: `process ${ours.id}`,
    version: '0',
    newRolloutId: () => world.newId('rollout'),
    newApprovalId: () => world.newId('approval'),
    newCheckId: () => world.newId('check'),
  };
  const { random } = world;
  if (kind === 'assess') {
    await assess(host, REQUEST);
    return 'done';
  }
  if (kind === 'resume') {
    await resumeAssessment(host, await findInterrupted(store, undefined));
    return 'done';
  }
  const rollout = await chooseRollout(store, named ?? (await anyRollout(world)));
  const orNone = (count: number) => (random() < 0.3 ? count : Number.POSITIVE_INFINITY);
  const request = {
    limit: orNone(between(random, 1, 4)),
    maxFailures: orNone(between(random, 1, 3)),
    settleMs: SETTLE_MS,
  };
  if (named !== undefined) Object.assign(request, { limit: Infinity, maxFailures: Infinity });
  if (kind === 'decide') await (named === undefined ? decide : approveAgain)(world, host, rollout);
  if (kind === 'configure') await configure(host, rollout, request);
  if (kind === 'dry run') await dryRun(host, rollout, request.limit);
  if (kind === 'validate') await validate(host, rollout, pick(random, [0, 1000, 60_000]));
  if (kind === 'configure in waves') {
    await configureInWaves({ ...host, reading: aws }, rollout, request, [1, 2, Infinity], 1000);
  }
  return 'done';
}

/** Mostly the newest. */
async function anyRollout({ random, store }: World): Promise<string | undefined> {
  if (random() < 0.8) return undefined;
  const assessed = (await store.listRollouts()).filter(isAssessed);
  return assessed.length === 0 ? undefined : pick(random, assessed).id;
}

type ApproveHost = Parameters<typeof approve>[0];
type AssessedRollout = Parameters<typeof approve>[1];

const SUBMITTER = { callerArn: 'arn', account: ACCOUNT, userId: 'AIDA', osUser: 'tester', host: 'here' };

/** A person decides on some of the candidates, anew on some that were decided on before. */
async function decide({ random, store }: World, host: ApproveHost, rollout: AssessedRollout): Promise<void> {
  const requests: DecisionRequest[] = [];
  for await (const { keyArn } of store.findings(rollout.id, { kind: 'candidate' })) {
    const decision = pick(random, ['approve', 'approve', 'approve', 'decline', 'defer', undefined] as const);
    if (decision) requests.push({ location: 'test', keyArn, choice: decision });
  }
  const submittedBy = { ...SUBMITTER, callerArn: pick(random, ['alice', 'alice', 'bob']) };
  const lifeMs = pick(random, [7, 7, 30]) * 86_400_000;
  await approve(host, rollout, { requests, problems: [], submittedBy, source: 'test', lifeMs });
}

/** What expired before it was changed is approved anew, by the same person. */
async function approveAgain({ store, clock }: World, host: ApproveHost, rollout: AssessedRollout) {
  const now = clock.now().toISOString();
  const requests: DecisionRequest[] = [];
  for await (const { decision, expiresAt } of store.approvedKeys(rollout.id)) {
    if (expiresAt <= now) requests.push({ location: 'test', keyArn: decision.keyArn, choice: 'approve' });
  }
  if (requests.length === 0) return;
  await approve(host, rollout, { requests, problems: [], submittedBy: SUBMITTER, source: 'test' });
}

async function live(world: World, { steps }: Scenario): Promise<void> {
  const seen = new Map<string, string>();
  for (const { kind, end, meanwhile, idleMs } of steps) {
    world.clock.pass(idleMs);
    const commands = [{ kind, end }, ...(meanwhile ? [meanwhile] : [])];
    const ended = await Promise.allSettled(commands.map((command) => run(world, command)));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
    await checkShown(world, seen);
  }
}

/** Goes on with everything that was begun, as the documents say. */
async function goOn(world: World): Promise<void> {
  world.calm();
  const { store } = world;
  while ((await store.listRollouts()).some((rollout) => !isAssessed(rollout))) {
    await run(world, { kind: 'resume', end: null });
  }
  for (const { id } of await store.listRollouts()) {
    await run(world, { kind: 'decide', end: null }, id);
    await run(world, { kind: 'configure', end: null }, id);
    await run(world, { kind: 'validate', end: null }, id);
    await checkNothingLeft(world, id);
  }
  await checkHistory(world);
}

it(
  'whatever happens: nothing unasked, nothing lost or misreported, and what may not be read is never off',
  async () => {
    let kills = 0;
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const directory = mkdtempSync(join(tmpdir(), 'keyturn-model-'));
        const store = await openStore(makeStoreDirectory(directory));
        try {
          const world = new World(store, given);
          await live(world, given);
          await goOn(world);
          kills += world.log.of('process').filter(({ what }) => what === 'killed').length;
          calls += world.log.of('call').length;
        } finally {
          await store.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: RUNS, ...(Number.isNaN(SEED) ? {} : { seed: SEED }), endOnFailure: RUNS > 1000 },
    );
    if (RUNS >= 1000) console.info(`${RUNS} journeys, ${kills} processes killed, ${calls} calls`);
    expect(calls).toBeGreaterThan(0);
  },
  RUNS * 2000,
);
