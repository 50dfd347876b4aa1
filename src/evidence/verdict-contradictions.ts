import { isLongBefore } from '../model/in-force.ts';
import type { Outcome } from '../model/outcome.ts';
import { isNamedByArn, parseKeyArn } from '../model/place.ts';
import type { Difference, Verdict } from '../model/verdict.ts';
import { isSame } from './json-line.ts';

/** What a verdict is held against. */
export type JudgedChange = {
  readonly [K in 'proof' | 'intendedAt' | 'finishedAt' | 'RotationPeriodInDays']: Outcome[K];
};

/** Whether a verdict follows from what was read. @param change what it is about @returns what does not */
export function verdictContradicts(verdict: Verdict, change: JudgedChange): string | undefined {
  if (!isNamedByArn(verdict)) return 'account, Region or key id are not those of the ARN';
  if (!areReplicas(verdict)) return 'a replica is not one of its key';
  if (!areReadTogether(verdict)) return 'what it says was read at another time';
  return verdict.kind === 'unreadable' ? unreadableContradicts(verdict) : readContradicts(verdict, change);
}

/** A replica has the key id of its primary, in another Region of the same account; it is named once. */
function areReplicas({ keyArn, replicas, KeyState }: Verdict): boolean {
  const primary = parseKeyArn(keyArn);
  const regions = new Set(replicas.map(({ region }) => region));
  if (replicas.length > 0 && KeyState === undefined) return false;
  return (
    regions.size === replicas.length &&
    replicas.every((replica) => {
      const own = parseKeyArn(replica.keyArn);
      const isElsewhere = own?.region === replica.region && own.region !== primary?.region;
      return isElsewhere && isSame({ ...own, region: '' }, { ...primary, region: '' });
    })
  );
}

/** Replicas and rotations are read after their key, however long the machine slept between; no rotation is read before it happened. */
function areReadTogether({ readAt, replicas, rotations }: Verdict): boolean {
  const times = [...replicas, ...(rotations ? [rotations] : [])].map((each) => each.readAt);
  const isHappened =
    rotations?.kind !== 'read' || !isLongBefore(rotations.readAt, rotations.lastAt ?? rotations.readAt);
  return isHappened && times.every((time) => !isLongBefore(time, readAt));
}

function unreadableContradicts(verdict: Verdict): string | undefined {
  const { error, reason, differences, KeyRotationEnabled, rotations } = verdict;
  const due = error?.kind === 'not-found' ? 'disappeared' : error?.kind;
  const isRead = KeyRotationEnabled !== undefined || rotations !== undefined || differences.length > 0;
  return error === undefined || reason !== due || isRead
    ? 'what is unreadable has an error, its reason, and nothing that was read'
    : undefined;
}

function readContradicts(verdict: Verdict, change: JudgedChange): string | undefined {
  const { differences, error, reason, KeyState, rotations, KeyRotationEnabled: isOn } = verdict;
  if (error || reason !== undefined || KeyState === undefined)
    return 'what was read has a state, and no error';
  if ((verdict.kind === 'discrepant') !== differences.length > 0) return 'it contradicts its differences';
  if (rotations && isOn !== true) return 'rotations are asked for if rotation is on';
  if (rotations?.kind === 'read' && rotations.automatic > 0 !== (rotations.lastAt !== undefined))
    return 'its rotations contradict themselves';
  const [date, ...more] = differences.filter(({ fact }) => fact === DATE);
  const others = differences.filter(({ fact }) => fact !== DATE);
  const due = differencesOf(verdict, change);
  const isDue =
    others.length === due.length && due.every((each, index) => isSameDifference(each, others[index]));
  if (!isDue || more.length > 0) return 'its differences are not those of what was read';
  const isDated = KeyState === 'Enabled' && isOn === true;
  if (date && (!isDated || date.actual !== (verdict.NextRotationDate ?? 'absent')))
    return 'its differences are not those of what was read';
  return date || !isDated || isPlausibleDate(verdict, change)
    ? undefined
    : 'the next date is not that of the change';
}

const DATE = 'NextRotationDate';

/** All differences but that of the next date. */
function differencesOf(
  { KeyState, KeyRotationEnabled: isOn, RotationPeriodInDays: period }: Verdict,
  change: JudgedChange,
): Difference[] {
  const due = String(change.RotationPeriodInDays);
  const actual = String(period ?? 'absent');
  return [
    ...(KeyState === 'Enabled' ? [] : [{ fact: 'KeyState', expected: 'Enabled', actual: KeyState ?? '' }]),
    ...(isOn === true
      ? []
      : [
          {
            fact: 'KeyRotationEnabled',
            expected: 'true',
            actual: isOn === undefined ? 'not readable on this type of key' : 'false',
          },
        ]),
    ...(isOn !== true || actual === due ? [] : [{ fact: 'RotationPeriodInDays', expected: due, actual }]),
  ];
}

const isSameDifference = (one: Difference, other: Difference | undefined): boolean =>
  one.fact === other?.fact && one.expected === other.expected && one.actual === other.actual;

const DAY_MS = 86_400_000;
const TOLERANCE_MS = 2 * DAY_MS;

/**
 * Whether the next date is whole periods after the change, or after the last automatic rotation since: one or two, or as
 * many as fit if the rotations could not be read. A rotation that has just happened may not have moved the date yet.
 */
function isPlausibleDate({ NextRotationDate: next, rotations }: Verdict, change: JudgedChange): boolean {
  const { proof, intendedAt, finishedAt = '', RotationPeriodInDays } = change;
  const lastAt = rotations?.kind === 'read' ? rotations.lastAt : undefined;
  const from = lastAt ?? (proof === 'presumed' ? (intendedAt ?? finishedAt) : finishedAt);
  const [least, most] = [Date.parse(from) - TOLERANCE_MS, Date.parse(lastAt ?? finishedAt) + TOLERANCE_MS];
  const time = Date.parse(next ?? '');
  const period = RotationPeriodInDays * DAY_MS;
  const periods = Math.floor((time - least) / period);
  const isOnDate = time <= most + periods * period;
  const isCounted =
    rotations?.kind === 'unreadable' ? periods >= 1 : periods >= (lastAt ? 0 : 1) && periods <= 2;
  return isOnDate && isCounted;
}
