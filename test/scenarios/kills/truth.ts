import { expect } from 'vitest';
import type { KeySnapshot, LoggedCall } from '../../../sandbox/index.ts';
import { enableCalls, type Journey } from '../../support/journey.ts';
import type { Finding, Outcome } from '../../support/shapes.ts';
import { readJournal } from '../../support/store.ts';
import { figures } from './figures.ts';
import { HIDDEN } from './world.ts';

/** What is true of the world, whatever has become of Keyturn so far. */
export interface Truth {
  readonly before: ReadonlyMap<string, KeySnapshot>;
  /** The ARNs that a person has approved. */
  readonly approved: ReadonlySet<string>;
  /** Those of them on which something is denied, and stays so. */
  readonly denied: Set<string>;
}

type Figure = Exclude<keyof typeof figures, 'cases' | 'aimed' | 'struck'>;

/** Counts what should not be, and insists that there is none. */
function expectNone(figure: Figure, wrong: readonly string[]): void {
  figures[figure] += wrong.length;
  expect(wrong, figure).toEqual([]);
}

const callsByKey = ({ sandbox }: Journey): Map<string, LoggedCall[]> =>
  Map.groupBy(enableCalls(sandbox), ({ keyArn = '' }) => keyArn);
const acting = (calls: readonly LoggedCall[] = []) => calls.filter(({ acted }) => acted);

/** What has to hold at every moment: nothing changed that was not approved, or not announced before, or twice. */
export function checkNothingWrongSoFar(journey: Journey, { before, approved }: Truth): void {
  const { sandbox, cwd } = journey;
  const calls = callsByKey(journey);
  const announced = Map.groupBy(
    readJournal(cwd).filter(({ kind }) => kind === 'intent'),
    ({ keyArn }) => keyArn,
  );
  expectNone(
    'unasked',
    [...calls.keys()].filter((keyArn) => !approved.has(keyArn)),
  );
  expectNone(
    'enabled twice',
    [...calls].filter(([, made]) => acting(made).length > 1).map(([keyArn]) => keyArn),
  );
  for (const [keyArn, made] of calls) {
    expect(announced.get(keyArn)?.length ?? 0, 'called without an announcement').toBeGreaterThanOrEqual(
      made.length,
    );
    for (const { parameters } of made) expect(parameters).toEqual({ RotationPeriodInDays: 365 });
  }
  const others = sandbox.log.filter(({ acted, operation }) => acted && operation !== 'EnableKeyRotation');
  expect(others).toEqual([]);
  for (const key of sandbox.keys()) {
    if (!approved.has(key.arn)) expect(key).toEqual(before.get(key.arn));
  }
}

/**
 * What has to hold when all is done: every approved key on, once, with a true outcome, and each that is denied with
 * one that says so.
 */
export function checkOutcomes(journey: Journey, truth: Truth, outcomes: readonly Outcome[]): void {
  checkNothingWrongSoFar(journey, truth);
  const calls = callsByKey(journey);
  const ended = new Map(outcomes.map((outcome) => [outcome.keyArn, outcome]));
  const isLost = (keyArn: string) => {
    const outcome = ended.get(keyArn)?.outcome;
    return outcome === undefined || (outcome !== 'enabled' && !truth.denied.has(keyArn));
  };
  expectNone('lost', [...truth.approved].filter(isLost));
  expect(outcomes.map(({ keyArn }) => keyArn).sort()).toEqual([...truth.approved].sort());
  const isTrue = (outcome: Outcome) => isTrueOf(outcome, acting(calls.get(outcome.keyArn)));
  expectNone(
    'untrue',
    outcomes.filter((outcome) => !isTrue(outcome)).map((outcome) => JSON.stringify(outcome)),
  );
  checkRecord(journey, outcomes);
}

/** Whether an outcome is what the sandbox's log says: nobody but Keyturn turns anything on here. */
function isTrueOf(said: Outcome, [made]: readonly LoggedCall[]): boolean {
  const { outcome, proof, requestId, reason, error } = said;
  const isDenied = error?.code === 'AccessDeniedException';
  switch (outcome) {
    case 'enabled':
      if (proof === 'proven') return made?.status === 200 && made.requestId === requestId;
      return proof === 'presumed' && made !== undefined;
    case 'failed':
      return isDenied && made === undefined;
    case 'pending':
      return isDenied && reason === 'unsettled';
    default:
      return false;
  }
}

/** The attempts are the announcements, and the journal's last word on a key is its outcome. */
function checkRecord({ cwd }: Journey, outcomes: readonly Outcome[]): void {
  const journal = Map.groupBy(
    readJournal(cwd).filter(({ kind }) => kind === 'intent' || kind === 'outcome'),
    ({ keyArn }) => keyArn,
  );
  for (const { keyArn, attempts, outcome } of outcomes) {
    const entries = journal.get(keyArn) ?? [];
    expect(entries.filter(({ kind }) => kind === 'intent')).toHaveLength(attempts);
    expect(entries.at(-1)).toMatchObject({ kind: 'outcome', body: { outcome } });
  }
}

/** Every key is found once, and what could not be read is not said to be off. */
export function checkFindings({ sandbox }: Journey, findings: readonly Finding[]): void {
  const ours = sandbox.keys().filter(({ keyManager }) => keyManager !== 'AWS');
  expect(findings.map(({ keyArn }) => keyArn).sort()).toEqual(ours.map(({ arn }) => arn).sort());
  const hidden = findings.filter(({ Description }) => Description === HIDDEN);
  expect(hidden).toMatchObject([{ finding: 'unknown', rotation: 'unreadable' }]);
}
