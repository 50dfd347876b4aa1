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
  const earliest = nextAfter(outcome, changedFrom(outcome));
  const latest = nextAfter(outcome, outcome.finishedAt);
  const tolerance = TOLERANCE_DAYS * DAY_MS;
  const at = Date.parse(next ?? '');
  if (earliest - tolerance <= at && at <= latest + tolerance) return [];
  const days = new Set([earliest, latest].map((time) => new Date(time).toISOString().slice(0, 10)));
  const expected = `${[...days].join(' to ')} ± ${TOLERANCE_DAYS} days`;
  return [{ fact: 'NextRotationDate', expected, actual: next ?? 'absent' }];
}

/** A change whose answer was lost was made when it was announced, however much later somebody read it back. */
function changedFrom({ proof, intendedAt, finishedAt }: Outcome): string | undefined {
  return proof === 'presumed' ? (intendedAt ?? finishedAt) : finishedAt;
}

function nextAfter({ RotationPeriodInDays }: Outcome, changedAt = ''): number {
  return Date.parse(changedAt) + RotationPeriodInDays * DAY_MS;
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
