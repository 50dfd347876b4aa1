import type { FailureKind } from '../model/failure.ts';
import { isLongBefore } from '../model/in-force.ts';
import { keyMetadata } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { isNamedByArn } from '../model/place.ts';

/** Names of the facts that can differ from the plan. */
const DRIFTING = new Set(Object.keys(keyMetadata.shape));
/** Failures after which it is not known whether a change was made. */
const UNANSWERED = new Set<FailureKind>(['server', 'network', 'malformed-answer']);

/** What an announcement says: a fresh check that found rotation off, and nothing yet of an end. */
export function intentContradicts(change: Outcome): string | undefined {
  const { outcome, found, checkedAt, finishedAt, proof, requestId, error, reason } = change;
  const hasEnded = [finishedAt, proof, requestId, error, reason].some((each) => each !== undefined);
  if (outcome !== 'pending' || hasEnded) return 'it says how the change ended';
  if (found?.rotation !== 'off' || found.KeyState !== 'Enabled' || checkedAt === undefined)
    return 'no fresh check found the key enabled and its rotation off';
  return recordContradicts(change);
}

/** Whether an outcome follows from what stands beside it. @returns what does not; undefined if all does */
export function outcomeContradicts(outcome: Outcome): string | undefined {
  return ENDINGS[outcome.outcome](outcome) ?? recordContradicts(outcome);
}

type Contradict = (outcome: Outcome) => string | undefined;

const ENDINGS: Readonly<Record<Outcome['outcome'], Contradict>> = {
  enabled: (outcome) =>
    (outcome.proof === 'proven' ? provenContradicts(outcome) : presumedContradicts(outcome)) ??
    withoutReason(outcome),
  'already-enabled': (outcome) =>
    outcome.found?.rotation !== 'on' || outcome.unanswered === true || outcome.error
      ? 'a key that was on by itself was found on, and no call of ours was unanswered'
      : (withoutReason(outcome) ?? untouched(outcome)),
  skipped: (outcome) =>
    outcome.reason === undefined || outcome.error || (outcome.unanswered && outcome.found?.rotation === 'on')
      ? 'what is skipped has a reason, and no error'
      : untouched(outcome),
  failed: ({ error, proof, finishedAt }) =>
    error === undefined || proof !== undefined || finishedAt === undefined
      ? 'what failed has an error, an end and no proof'
      : undefined,
  pending: ({ error, proof, intendedAt, reason }) =>
    error === undefined || proof !== undefined || (intendedAt !== undefined) !== (reason === 'unsettled')
      ? 'what is pending has an error, and is unsettled if it was announced'
      : undefined,
};

const provenContradicts: Contradict = ({ requestId, error, intendedAt, finishedAt, found }) =>
  requestId === undefined ||
  error ||
  intendedAt === undefined ||
  finishedAt === undefined ||
  found?.rotation !== 'off'
    ? 'what is proven has a request id, no error, an announcement, an end, and was found off'
    : undefined;

const presumedContradicts: Contradict = ({ proof, unanswered, found, error, finishedAt }) =>
  proof !== 'presumed' ||
  unanswered !== true ||
  found?.rotation !== 'on' ||
  finishedAt === undefined ||
  (error && !UNANSWERED.has(error.kind))
    ? 'what is presumed went unanswered, and was found on'
    : undefined;

const withoutReason: Contradict = ({ reason }) =>
  reason === undefined ? undefined : 'what is on has no reason against it';

/** No call stands behind it. */
const untouched: Contradict = ({ proof, requestId, intendedAt, finishedAt }) =>
  proof !== undefined || requestId !== undefined || intendedAt !== undefined || finishedAt === undefined
    ? 'what was not called has an end, and no proof, request id or announcement'
    : undefined;

/** What holds of every change: its names, what can drift, the order of its times. */
function recordContradicts(outcome: Outcome): string | undefined {
  const { drift, checkedAt, intendedAt, finishedAt } = outcome;
  if (!isNamedByArn(outcome)) return 'account, Region or key id are not those of the ARN';
  if (drift.some((name) => !DRIFTING.has(name))) return 'no such fact can drift';
  const times = [checkedAt, intendedAt, finishedAt].filter((time) => time !== undefined);
  const isBack = times.some((time, index) => index > 0 && isLongBefore(time, times[index - 1] ?? time));
  return isBack ? 'it ended before it began' : undefined;
}
