import type { Failure } from '../model/failure.ts';
import type { KeyMetadata, Reading, RotationStatus } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Difference, ReplicaVerdict, Verdict, VerdictKind } from '../model/verdict.ts';

export interface ReadBack {
  readonly metadata: Reading<KeyMetadata>;
  readonly rotation?: Reading<RotationStatus>;
}

export type Judgement = Pick<
  Verdict,
  | 'verdict'
  | 'reason'
  | 'differences'
  | 'error'
  | 'KeyState'
  | 'KeyRotationEnabled'
  | 'RotationPeriodInDays'
  | 'NextRotationDate'
>;

/** KMS counts the period from the change; a day or two of tolerance covers its rounding (kms-facts §4). */
const TOLERANCE_DAYS = 2;
const DAY_MS = 86_400_000;

/** Holds a key that was reported as enabled against what it says of itself now. */
export function judgeChange(outcome: Outcome, { metadata, rotation }: ReadBack): Judgement {
  if (metadata.kind === 'unreadable') return unreadable(metadata.failure);
  const { KeyState } = metadata.value;
  if (rotation?.kind === 'unreadable') return { ...unreadable(rotation.failure), KeyState };
  const differences = [
    ...differ('KeyState', 'Enabled', KeyState),
    ...(rotation ? rotationDifferences(outcome, rotation.value) : [noRotation]),
  ];
  const verdict: VerdictKind = differences.length === 0 ? 'confirmed' : 'discrepant';
  return { verdict, differences, KeyState, ...rotation?.value };
}

const noRotation: Difference = {
  fact: 'KeyRotationEnabled',
  expected: 'true',
  actual: 'not readable on this type of key',
};

function rotationDifferences(outcome: Outcome, status: RotationStatus): Difference[] {
  const { KeyRotationEnabled, RotationPeriodInDays, NextRotationDate } = status;
  if (!KeyRotationEnabled) return differ('KeyRotationEnabled', 'true', 'false');
  return [
    ...differ(
      'RotationPeriodInDays',
      String(outcome.RotationPeriodInDays),
      String(RotationPeriodInDays ?? 'absent'),
    ),
    ...dateDifference(outcome, NextRotationDate),
  ];
}

function dateDifference(outcome: Outcome, next: string | undefined): Difference[] {
  if (outcome.finishedAt === undefined) return [];
  const expected = Date.parse(outcome.finishedAt) + outcome.RotationPeriodInDays * DAY_MS;
  const isNear = next !== undefined && Math.abs(Date.parse(next) - expected) <= TOLERANCE_DAYS * DAY_MS;
  if (isNear) return [];
  const day = new Date(expected).toISOString().slice(0, 10);
  return [
    { fact: 'NextRotationDate', expected: `${day} ± ${TOLERANCE_DAYS} days`, actual: next ?? 'absent' },
  ];
}

function differ(fact: string, expected: string, actual: string): Difference[] {
  return expected === actual ? [] : [{ fact, expected, actual }];
}

function unreadable(failure: Failure): Judgement {
  const reason = failure.kind === 'not-found' ? 'disappeared' : failure.kind;
  return { verdict: 'unreadable', reason, differences: [], error: failure };
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
    return { keyArn, region, verdict: 'unreadable', reason: rotation.failure.code, readAt };
  }
  const { KeyRotationEnabled, RotationPeriodInDays } = rotation.value;
  const mirrors = KeyRotationEnabled && RotationPeriodInDays === outcome.RotationPeriodInDays;
  return { keyArn, region, verdict: mirrors ? 'confirmed' : 'pending', readAt };
}
