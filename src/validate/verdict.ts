import type { Failure } from '../model/failure.ts';
import type { KeyMetadata, KeyRotation, Reading, RotationStatus } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Difference, ReplicaVerdict, Verdict, VerdictKind } from '../model/verdict.ts';
import {
  automaticSince,
  changeSpan,
  describeSpan,
  isWithin,
  nextDates,
  overdueSince,
  type Span,
} from './schedule.ts';

export interface ReadBack {
  readonly metadata: Reading<KeyMetadata>;
  readonly rotation?: Reading<RotationStatus>;
  /** Asked for if one may have happened since the change. */
  readonly rotations?: Reading<readonly KeyRotation[]>;
}

export type Judgement = Pick<
  Verdict,
  | 'kind'
  | 'reason'
  | 'differences'
  | 'error'
  | 'KeyState'
  | 'KeyRotationEnabled'
  | 'RotationPeriodInDays'
  | 'NextRotationDate'
  | 'rotations'
>;

/** Holds a key that was reported as enabled against what it says of itself now. */
export function judgeChange(outcome: Outcome, { metadata, rotation, rotations }: ReadBack): Judgement {
  if (metadata.kind === 'unreadable') return unreadable(metadata.failure);
  const { KeyState } = metadata.value;
  if (rotation?.kind === 'unreadable') return { ...unreadable(rotation.failure), KeyState };
  const differences = [
    ...differ('KeyState', 'Enabled', KeyState),
    ...(rotation ? rotationDifferences(outcome, rotation, rotations, KeyState) : [noRotation]),
  ];
  const verdict: VerdictKind = differences.length === 0 ? 'confirmed' : 'discrepant';
  return { kind: verdict, differences, KeyState, ...rotation?.value, ...evidenceOf(outcome, rotations) };
}

const noRotation: Difference = {
  fact: 'KeyRotationEnabled',
  expected: 'true',
  actual: 'not readable on this type of key',
};

function rotationDifferences(
  outcome: Outcome,
  rotation: Extract<Reading<RotationStatus>, { kind: 'read' }>,
  rotations: ReadBack['rotations'],
  state: string,
): Difference[] {
  const { KeyRotationEnabled, RotationPeriodInDays } = rotation.value;
  if (!KeyRotationEnabled) return differ('KeyRotationEnabled', 'true', 'false');
  return [
    ...differ(
      'RotationPeriodInDays',
      String(outcome.RotationPeriodInDays),
      String(RotationPeriodInDays ?? 'absent'),
    ),
    // The date of a key that does not rotate now, since it is disabled, means nothing (kms-facts §4).
    ...(state === 'Enabled'
      ? dateDifference(outcome, rotation.value, rotations, Date.parse(rotation.at))
      : []),
  ];
}

/** The next date is counted from the change, or from the last automatic rotation since. */
function dateDifference(
  outcome: Outcome,
  { NextRotationDate: next }: RotationStatus,
  rotations: ReadBack['rotations'],
  now: number,
): Difference[] {
  const changed = changeSpan(outcome);
  if (!changed) return [];
  const known = knownRotations(outcome, rotations);
  const dates = nextDates(outcome, changed, known, now);
  if (dates.some((span) => isWithin(Date.parse(next ?? ''), span))) return [];
  const expected = dates.length > 0 ? dates.map(describeSpan).join(' or ') : overdue(outcome, changed, known);
  const note = rotations?.kind === 'unreadable' ? ' (past rotations could not be read)' : '';
  return [{ fact: 'NextRotationDate', expected: expected + note, actual: next ?? 'absent' }];
}

const overdue = (outcome: Outcome, changed: Span, known: readonly string[] | undefined) =>
  `a rotation on ${describeSpan(overdueSince(outcome, changed, known))} and a date after it`;

/** None if they were not read, since the key is too young; undefined if they could not be. */
function knownRotations(outcome: Outcome, rotations: ReadBack['rotations']): string[] | undefined {
  if (rotations?.kind === 'unreadable') return undefined;
  return automaticSince(outcome, rotations?.value ?? []);
}

function evidenceOf(outcome: Outcome, rotations: ReadBack['rotations']): Pick<Judgement, 'rotations'> {
  if (!rotations) return {};
  const { at: readAt } = rotations;
  if (rotations.kind === 'unreadable') {
    return { rotations: { kind: 'unreadable', error: rotations.failure, readAt } };
  }
  const since = automaticSince(outcome, rotations.value);
  const lastAt = since.at(-1);
  return { rotations: { kind: 'read', automatic: since.length, ...(lastAt && { lastAt }), readAt } };
}

function differ(fact: string, expected: string, actual: string): Difference[] {
  return expected === actual ? [] : [{ fact, expected, actual }];
}

function unreadable(failure: Failure): Judgement {
  const reason = failure.kind === 'not-found' ? 'disappeared' : failure.kind;
  return { kind: 'unreadable', reason, differences: [], error: failure };
}

/** A replica mirrors its primary late: until it does, that is no discrepancy (kms-facts §4). */
export function judgeReplica(
  outcome: Outcome,
  replica: { readonly keyArn: string; readonly region: string },
  rotation: Reading<RotationStatus>,
): ReplicaVerdict {
  const { keyArn, region } = replica;
  const readAt = rotation.at;
  if (rotation.kind === 'unreadable') {
    return { keyArn, region, kind: 'unreadable', reason: rotation.failure.code, readAt };
  }
  const { KeyRotationEnabled, RotationPeriodInDays } = rotation.value;
  const mirrors = KeyRotationEnabled && RotationPeriodInDays === outcome.RotationPeriodInDays;
  return { keyArn, region, kind: mirrors ? 'confirmed' : 'pending', readAt };
}
