import { stateReason } from '../assess/eligibility.ts';
import { reachOf } from '../configure/step.ts';
import type { FailureKind } from '../model/failure.ts';
import { STATE_REASONS, TYPE_REASONS, UNKNOWN_REASONS } from '../model/finding.ts';
import { isLongBefore, UNCOVERED_REASONS } from '../model/in-force.ts';
import { keyMetadata } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { isNamedByArn } from '../model/place.ts';

/** Names of the facts that can differ from the plan. */
const DRIFTING = new Set(Object.keys(keyMetadata.shape));
/** Failures after which it is not known whether a change was made. */
const UNANSWERED = new Set<FailureKind>(['server', 'network', 'malformed-answer']);

/** What an announcement says: a fresh check that found rotation off, and nothing yet of an end. */
export function intentContradicts(change: Outcome): string | undefined {
  const { status, found, checkedAt, finishedAt, proof, requestId, error, reason } = change;
  const hasEnded = [finishedAt, proof, requestId, error, reason].some((each) => each !== undefined);
  if (status !== 'unsettled' || hasEnded) return 'it says how the change ended';
  if (!isOff(found) || checkedAt === undefined)
    return 'no fresh check found the key enabled and its rotation off';
  return recordContradicts(change);
}

/** Whether an outcome follows from what stands beside it. @returns what does not; undefined if all does */
export function outcomeContradicts(outcome: Outcome): string | undefined {
  return ENDINGS[outcome.status](outcome) ?? recordContradicts(outcome);
}

type Contradict = (outcome: Outcome) => string | undefined;

const ENDINGS: Readonly<Record<Outcome['status'], Contradict>> = {
  applied: (outcome) =>
    (outcome.proof === 'proven' ? provenContradicts(outcome) : presumedContradicts(outcome)) ??
    withoutReason(outcome),
  'already-in-place': (outcome) =>
    outcome.found?.rotation !== 'on' || outcome.unanswered === true || outcome.error
      ? 'a key that was on by itself was found on, and no call of ours was unanswered'
      : (withoutReason(outcome) ?? untouched(outcome)),
  skipped: (outcome) =>
    !isReasonToSkip(outcome) || outcome.error || (outcome.unanswered && outcome.found?.rotation === 'on')
      ? 'what is skipped has a reason that follows from what was found, and no error'
      : untouched(outcome),
  failed: ({ error, proof, finishedAt }) =>
    error === undefined || proof !== undefined || finishedAt === undefined || reachOf(error) !== undefined
      ? 'what failed has an error of its own key, an end and no proof'
      : undefined,
  pending: ({ error, proof, intendedAt, finishedAt, reason }) =>
    error === undefined ||
    [proof, intendedAt, finishedAt, reason].some((each) => each !== undefined) ||
    reachOf(error) === undefined
      ? 'what is pending has an error that is not about this key alone, and no proof, announcement, end or reason'
      : undefined,
  unsettled: ({ error, proof, intendedAt, finishedAt, reason }) =>
    error === undefined ||
    intendedAt === undefined ||
    [proof, finishedAt, reason].some((each) => each !== undefined)
      ? 'what is unsettled has an error and an announcement, and no proof, end or reason'
      : undefined,
};

const TYPES: ReadonlySet<string> = new Set(TYPE_REASONS);
const STATES: ReadonlySet<string> = new Set(STATE_REASONS);
const UNKNOWN: ReadonlySet<string> = new Set(UNKNOWN_REASONS);
/** Reasons not to announce a change that was due. */
const UNCOVERED: ReadonlySet<string> = new Set(UNCOVERED_REASONS);

/** A key that was a candidate has another state or another type by now, is gone, or has no approval. */
function isReasonToSkip({ reason = '', found, drift }: Outcome): boolean {
  if (UNCOVERED.has(reason)) return isOff(found);
  if (STATES.has(reason)) return drift.includes('KeyState') && stateReason(found?.KeyState ?? '') === reason;
  if (TYPES.has(reason)) return drift.length > 0 || reason === 'unknown-manager';
  return UNKNOWN.has(reason);
}

const isOff = (found: Outcome['found']): boolean => found?.KeyState === 'Enabled' && found.rotation === 'off';

const provenContradicts: Contradict = ({ requestId, error, intendedAt, finishedAt, found }) =>
  !requestId || error || intendedAt === undefined || finishedAt === undefined || found?.rotation !== 'off'
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
  if (isBack) return 'it ended before it began';
  const [checked, next] = times;
  const isOutdated = checkedAt !== undefined && next !== undefined && isLongBefore(checked ?? next, next);
  return isOutdated ? 'its check is more than a day older than what was decided on it' : undefined;
}
