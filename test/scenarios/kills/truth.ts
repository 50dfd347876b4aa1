import { expect } from 'vitest';
import type { KeySnapshot, LoggedCall } from '../../../sandbox/index.ts';
import { enableCalls, type Journey } from '../../support/journey.ts';
import type { Finding, Outcome } from '../../support/shapes.ts';
import { type Entry, readJournal } from '../../support/store.ts';
import { type Wrong, wrong } from './figures.ts';
import { HIDDEN } from './world.ts';

/** What is true of the world, whatever has become of Keyturn so far. */
export interface Truth {
  readonly before: ReadonlyMap<string, KeySnapshot>;
  /** How many calls the sandbox had logged then. */
  readonly since: number;
  /** The ARNs that a person has approved. */
  readonly approved: Set<string>;
  /** Those of them on which something is denied, and stays so. */
  readonly denied: Set<string>;
}

/** Counts what should not be, and insists that there is none. */
function expectNone(what: Wrong, found: readonly string[]): void {
  wrong[what] += found.length;
  expect(found, what).toEqual([]);
}

const callsByKey = ({ sandbox }: Journey, { since }: Truth): Map<string, LoggedCall[]> =>
  Map.groupBy(enableCalls({ log: sandbox.log.slice(since) }), ({ keyArn = '' }) => keyArn);
const acting = (calls: readonly LoggedCall[] = []) => calls.filter(({ acted }) => acted);

/** What has to hold at every moment: nothing changed that was not approved, or not announced before, or twice. */
export function checkNothingWrongSoFar(
  journey: Journey,
  truth: Truth,
  journal: readonly Entry[] = readJournal(journey.cwd),
): void {
  const { before, approved, since } = truth;
  const { sandbox } = journey;
  const calls = callsByKey(journey, truth);
  expectNone(
    'unasked',
    [...calls.keys()].filter((keyArn) => !approved.has(keyArn)),
  );
  expectNone(
    'enabled twice',
    [...calls].filter(([, made]) => acting(made).length > 1).map(([keyArn]) => keyArn),
  );
  checkAnnouncements(calls, journal);
  for (const { parameters } of [...calls.values()].flat())
    expect(parameters).toEqual({ RotationPeriodInDays: 365 });
  const others = sandbox.log
    .slice(since)
    .filter(({ acted, operation }) => acted && operation !== 'EnableKeyRotation');
  expect(others).toEqual([]);
  for (const key of sandbox.keys()) {
    if (!approved.has(key.arn)) expect(key).toEqual(before.get(key.arn));
  }
}

/** Each call is on record, and a success on record ends the calls on a key. */
function checkAnnouncements(
  calls: ReadonlyMap<string, readonly LoggedCall[]>,
  journal: readonly Entry[],
): void {
  const entries = Map.groupBy(
    journal.filter(({ kind }) => kind === 'intent' || kind === 'outcome'),
    ({ keyArn }) => keyArn,
  );
  const intents = (keyArn: string) => (entries.get(keyArn) ?? []).filter(({ kind }) => kind === 'intent');
  expectNone(
    'unannounced',
    [...calls].filter(([keyArn, made]) => made.length > intents(keyArn).length).map(([keyArn]) => keyArn),
  );
  const isCalledAgain = (ofKey: readonly Entry[]) => {
    const success = ofKey.findIndex(({ body }) => body['status'] === 'applied');
    return success >= 0 && ofKey.slice(success).some(({ kind }) => kind === 'intent');
  };
  expectNone(
    'called again',
    [...entries].filter(([, ofKey]) => isCalledAgain(ofKey)).map(([keyArn]) => String(keyArn)),
  );
}

/**
 * What has to hold when all is done: every approved key on, once, with a true outcome, and each that is denied with
 * one that says so.
 */
export function checkOutcomes(journey: Journey, truth: Truth, outcomes: readonly Outcome[]): void {
  checkNothingWrongSoFar(journey, truth);
  const calls = callsByKey(journey, truth);
  const ended = new Map(outcomes.map((outcome) => [outcome.keyArn, outcome]));
  const isLost = (keyArn: string) => {
    const outcome = ended.get(keyArn)?.status;
    return outcome === undefined || (outcome !== 'applied' && !truth.denied.has(keyArn));
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
  const { status, proof, requestId, error } = said;
  const isDenied = error?.code === 'AccessDeniedException';
  switch (status) {
    case 'applied':
      if (proof === 'proven') return made?.status === 200 && made.requestId === requestId;
      return proof === 'presumed' && made !== undefined;
    case 'failed':
      return isDenied && made === undefined;
    case 'unsettled':
      return isDenied;
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
  for (const { keyArn, attempts, status } of outcomes) {
    const entries = journal.get(keyArn) ?? [];
    expect(entries.filter(({ kind }) => kind === 'intent')).toHaveLength(attempts);
    expect(entries.at(-1)).toMatchObject({ kind: 'outcome', body: { status } });
  }
}

/** Every key is found once, and what could not be read is not said to be off. */
export function checkFindings({ sandbox }: Journey, findings: readonly Finding[]): void {
  const ours = sandbox.keys().filter(({ keyManager }) => keyManager !== 'AWS');
  expect(findings.map(({ keyArn }) => keyArn).sort()).toEqual(ours.map(({ arn }) => arn).sort());
  const hidden = findings.filter(({ Description }) => Description === HIDDEN);
  expect(hidden).toMatchObject([{ kind: 'unknown', rotation: 'unreadable' }]);
}
