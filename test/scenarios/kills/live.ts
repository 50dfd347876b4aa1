import { expect } from 'vitest';
import { EXIT, type Journey } from '../../support/journey.ts';
import type { Finding, Outcome, Verdict } from '../../support/shapes.ts';
import { readJournal } from '../../support/store.ts';
import { checkHalfWritten, readEvidence } from './evidence.ts';
import { figures } from './figures.ts';
import type { Case, Phase } from './plan.ts';
import { EVIDENCE, strike } from './strike.ts';
import { checkFindings, checkNothingWrongSoFar, checkOutcomes, type Truth } from './truth.ts';
import { denyRules, HIDDEN, HIDDEN_ID, REGIONS, WAIT } from './world.ts';

interface Life {
  readonly journey: Journey;
  readonly plan: Case;
  readonly truth: Truth;
}

/** Lives one case: kills in every phase as planned, goes on with the documented commands, and checks what came of it. */
export async function live(journey: Journey, plan: Case): Promise<void> {
  const { sandbox } = journey;
  const chosen = sandbox.keys().filter(({ description }) => /^c\d*[^3]$/.test(description));
  const truth: Truth = {
    before: new Map(sandbox.keys().map((key) => [key.arn, key])),
    approved: new Set(chosen.map(({ arn }) => arn)),
    denied: new Set(),
  };
  const life = { journey, plan, truth };
  await killAll(life, 'assess', (earlier) =>
    earlier > 0 && plan.resume ? ['assess', '--resume'] : ['assess', ...REGIONS],
  );
  const rollout = ['--rollout', await assessed(life)];
  const keys = [...truth.approved].flatMap((arn) => ['--key', arn]);
  await killAll(life, 'approve', () => ['approve', ...keys, ...rollout]);
  await journey.run('approve', ...keys, ...rollout);
  if (plan.denial.when === 'before configure') deny(life);
  await killAll(life, 'configure', () => configureOf(plan, rollout));
  // A process of its own before going on: it, too, meets whatever the killed ones left.
  await journey.run(...configureOf(plan, rollout));
  await killAll(life, 'validate', () => ['validate', '--wait', WAIT, ...rollout]);
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

/** @param command given how many kills of the phase came before */
async function killAll(
  { journey, plan, truth }: Life,
  phase: Phase,
  command: (earlier: number) => string[],
): Promise<void> {
  for (const [earlier, kill] of plan.kills[phase].entries()) {
    const args = command(earlier);
    figures.aimed += 1;
    if (await strike(journey, args, kill)) figures.struck += 1;
    checkNothingWrongSoFar(journey, truth);
    if (phase === 'configure' && earlier === 0 && plan.denial.when === 'after the first kill of configure') {
      deny({ journey, plan, truth });
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
  await killAll(life, 'report', () => report);
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
  const enabled = new Set(
    outcomes.filter(({ outcome }) => outcome === 'enabled').map(({ keyArn }) => keyArn),
  );
  for (const { arn, rotation } of sandbox.keys()) {
    if (enabled.has(arn)) expect(rotation).toMatchObject({ enabled: true, periodInDays: 365 });
  }
  for (const { keyArn, verdict } of read<Verdict>('verdicts.jsonl')) {
    const expected = !enabled.has(keyArn)
      ? ['not-changed']
      : truth.denied.has(keyArn)
        ? ['confirmed', 'unreadable']
        : ['confirmed'];
    expect(expected, keyArn).toContain(verdict);
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
