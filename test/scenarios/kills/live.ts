import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { KeySnapshot } from '../../../sandbox/index.ts';
import { deleteStore } from '../../support/interfere.ts';
import { EXIT, type Journey } from '../../support/journey.ts';
import type { Finding, Outcome, Verdict } from '../../support/shapes.ts';
import { readJournal } from '../../support/store.ts';
import { checkHalfWritten, readEvidence } from './evidence.ts';
import { type Case, isApprovedInParts, NO_KILLS, type Phase } from './plan.ts';
import { EVIDENCE, strike } from './strike.ts';
import { checkFindings, checkNothingWrongSoFar, checkOutcomes, type Truth } from './truth.ts';
import { denyRules, HIDDEN, HIDDEN_ID, REGIONS, WAIT } from './world.ts';

interface Life {
  readonly journey: Journey;
  readonly plan: Case;
  readonly truth: Truth;
}

/** Thrown when a store is gone for good, and all that it must not have led to was looked for. */
class StoreLost extends Error {}

/** Lives one case: kills in every phase as planned, goes on with the documented commands, and checks what came of it. */
export async function live(journey: Journey, plan: Case): Promise<void> {
  const chosen = journey.sandbox.keys().filter(({ description }) => /^c\d*[^3]$/.test(description));
  try {
    await liveOn({ journey, plan, truth: truthOf(journey) }, chosen);
  } catch (thrown) {
    if (!(thrown instanceof StoreLost)) throw thrown;
    await beginAnew(journey, plan, chosen);
  }
}

const truthOf = ({ sandbox }: Journey): Truth => ({
  before: new Map(sandbox.keys().map((key) => [key.arn, key])),
  since: sandbox.log.length,
  approved: new Set(),
  denied: new Set(),
});

/** Without a record nothing is known any more: what is still off is assessed and approved again. */
async function beginAnew(journey: Journey, plan: Case, chosen: readonly KeySnapshot[]): Promise<void> {
  const { sandbox, cwd } = journey;
  deleteStore(cwd);
  sandbox.configure({ faults: null, deny: denyRules([HIDDEN_ID], ['GetKeyRotationStatus']) });
  await sleep(plan.lag.ms + AT_REST_MS);
  const off = new Set(sandbox.keys().flatMap(({ arn, rotation }) => (rotation?.enabled ? [] : [arn])));
  const left = chosen.filter(({ arn }) => off.has(arn));
  const calm = { ...plan, denial: { when: 'never', operations: [] }, kills: NO_KILLS } as const;
  if (left.length > 0) await liveOn({ journey, plan: calm, truth: truthOf(journey) }, left);
}
/** Milliseconds after which no call is under way any more. */
const AT_REST_MS = 100;

async function liveOn(life: Life, chosen: readonly KeySnapshot[]): Promise<void> {
  const { journey, plan, truth } = life;
  await killAll(life, 'assess', (earlier) => ({
    killed: earlier > 0 && plan.resume ? ['assess', '--resume'] : ['assess', ...REGIONS],
  }));
  const rollout = ['--rollout', await assessed(life)];
  const approve = (keys: readonly KeySnapshot[]) => [
    'approve',
    ...keys.flatMap(({ arn }) => ['--key', arn]),
    ...rollout,
  ];
  const late = isApprovedInParts(plan) ? chosen.slice(-2) : [];
  const first = chosen.slice(0, chosen.length - late.length);
  for (const { arn } of first) truth.approved.add(arn);
  await killAll(life, 'approve', () => ({ killed: approve(first) }));
  await journey.run(...approve(first));
  if (plan.denial.when === 'before configure') deny(life);
  await killAll(life, 'configure', () => ({
    killed: configureOf(plan, rollout),
    // It leaves some keys for the next kill.
    again: ['configure', '--settle', plan.lag.settle, '--limit', '2', ...rollout],
    approved: late,
    approve: approve(late),
  }));
  for (const { arn } of late) truth.approved.add(arn);
  if (late.length > 0) await journey.run(...approve(late));
  // A process of its own before going on: it, too, meets whatever the killed ones left.
  await journey.run(...configureOf(plan, rollout));
  await killAll(life, 'validate', () => ({ killed: ['validate', '--wait', WAIT, ...rollout] }));
  await killReports(life, rollout);
  await goOn(life, rollout);
  await checkEnd(life, rollout);
}

const configureOf = ({ lag, waves }: Case, rollout: readonly string[]): string[] => [
  'configure',
  ...['--settle', lag.settle],
  ...(waves ? ['--waves', '2,4,rest', '--wait', WAIT] : []),
  ...rollout,
];

interface Aim {
  readonly killed: readonly string[];
  /** What another process does at the same time (default: the same). */
  readonly again?: readonly string[];
  /** Keys that may be approved meanwhile, and how. */
  readonly approved?: readonly KeySnapshot[];
  readonly approve?: readonly string[];
}

/** @param command given how many kills of the phase came before */
async function killAll(life: Life, phase: Phase, command: (earlier: number) => Aim): Promise<void> {
  const { journey, plan, truth } = life;
  for (const [earlier, kill] of plan.kills[phase].entries()) {
    const { killed, again = killed, approved = [], approve = [] } = command(earlier);
    if (kill.mischief?.what.kind === 'more approved') for (const { arn } of approved) truth.approved.add(arn);
    const lost = await strike(journey, { killed, again, approve }, kill);
    checkNothingWrongSoFar(journey, truth, lost);
    if (lost) throw new StoreLost();
    if (phase === 'configure' && earlier === 0 && plan.denial.when === 'after the first kill of configure') {
      deny(life);
    }
  }
}

/** Goes on until there is a complete assessment. @returns the rollout's id */
async function assessed({ journey: { run }, plan }: Life): Promise<string> {
  for (let tries = 0; tries < 6; tries++) {
    const status = await run('status', '--json');
    if (status.code === EXIT.done) return status.json<{ rollout: string }>().rollout;
    const resumed = plan.resume ? await run('assess', '--resume') : undefined;
    // Where nothing was begun there is nothing to resume.
    if (!resumed || resumed.code === EXIT.badInput) await run('assess', ...REGIONS);
  }
  throw new Error('no assessment comes to an end');
}

/** Takes rights away on two approved keys: where there are some, on those whose change is announced and not settled. */
function deny({ journey: { sandbox, cwd }, plan, truth }: Life): void {
  const last = new Map(readJournal(cwd).map(({ keyArn = '', kind }) => [keyArn, kind]));
  const announced = [...truth.approved].filter((arn) => last.get(arn) === 'intent');
  for (const arn of [...announced, ...truth.approved].slice(0, 2)) truth.denied.add(arn);
  const rules = denyRules([...truth.denied], plan.denial.operations);
  sandbox.configure({ deny: [...denyRules([HIDDEN_ID], ['GetKeyRotationStatus']), ...rules] });
}

async function killReports(life: Life, rollout: readonly string[]): Promise<void> {
  const { journey, plan } = life;
  if (plan.kills.report.length === 0) return;
  const report = ['report', '--out', EVIDENCE, ...rollout];
  if (plan.older) {
    await journey.run(...report);
    await journey.run('validate', '--wait', WAIT, ...rollout);
  }
  await killAll(life, 'report', () => ({ killed: report }));
  await checkHalfWritten(journey, rollout);
}

/** From here on AWS is only slow and late, and refuses what it refused: all else has to come to a good end. */
async function goOn({ journey: { run, sandbox }, plan }: Life, rollout: readonly string[]): Promise<void> {
  sandbox.configure({ faults: null });
  let before = '';
  for (;;) {
    await run('configure', '--settle', plan.lag.settle, ...rollout);
    const status = await run('status', '--json', ...rollout);
    const { outcomes } = status.json<{ outcomes: Record<string, number> }>();
    const isDone = outcomes['pending'] === 0 && outcomes['failed'] === 0 && outcomes['skipped'] === 0;
    const now = JSON.stringify(outcomes);
    if (isDone || now === before) return;
    before = now;
  }
}

async function checkEnd({ journey, truth }: Life, rollout: readonly string[]): Promise<void> {
  const { run, sandbox } = journey;
  const validated = await run('validate', '--json', '--wait', WAIT, ...rollout);
  const read = await readEvidence(journey, rollout);
  const outcomes = read<Outcome>('outcomes.jsonl');
  checkOutcomes(journey, truth, outcomes);
  checkFindings(journey, read<Finding>('findings.jsonl'));
  const enabled = new Set(outcomes.filter(({ status }) => status === 'applied').map(({ keyArn }) => keyArn));
  for (const { arn, rotation } of sandbox.keys()) {
    if (enabled.has(arn)) expect(rotation).toMatchObject({ enabled: true, periodInDays: 365 });
  }
  for (const { keyArn, kind } of read<Verdict>('verdicts.jsonl')) {
    const expected = !enabled.has(keyArn)
      ? ['not-changed']
      : truth.denied.has(keyArn)
        ? ['confirmed', 'unreadable']
        : ['confirmed'];
    expect(expected, keyArn).toContain(kind);
  }
  const requested = truth.approved.size;
  expect(validated.json()).toMatchObject({
    requested,
    discrepant: 0,
    notChanged: requested - enabled.size,
  });
  expect(validated.code).toBe(truth.denied.size === 0 ? EXIT.done : validated.code);
  expect(sandbox.keys().find(({ description }) => description === HIDDEN)?.rotation?.enabled).not.toBe(true);
}
