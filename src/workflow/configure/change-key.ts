import type { Permit } from '../../configure/governor.ts';
import { explainStop, type Reach, reachOf, type Step } from '../../configure/step.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Failure } from '../../model/failure.ts';
import { APPROVAL_EXPIRED, type UncoveredReason } from '../../model/in-force.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { ApprovedKey, Clock, IntentAnswer, KmsPlace, Store } from '../ports.ts';
import { outcomeOf, pending } from '../rollout/outcomes.ts';
import type { Covers } from '../rollout/signed-approvals.ts';
import { checkKey } from './check-key.ts';
import { settle } from './settle.ts';

export interface ChangeWork {
  readonly kms: KmsPlace;
  readonly store: Store;
  readonly clock: Clock;
  readonly rollout: AssessedRollout;
  /** What covers a change, if a trusted approver's signature has to. */
  readonly covers?: Covers;
  /** Milliseconds that an unanswered change gets to show before it counts as not made. */
  readonly settleMs: number;
  /** Ends the waiting; what is announced then stays announced, for the next run to settle. */
  readonly signal?: AbortSignal;
  /** Begins nothing further as far as a failure reaches. */
  readonly stop: (reach: Reach, reason: string) => void;
  /** Called when a change has to be read back before anything else is said of it. */
  readonly onSettling: (keyArn: string) => void;
}

/** EnableKeyRotation is announced and called so often for one key in one run, then it has failed. */
const CALLS = 3;
const THROTTLED_CALLS = 10;

/**
 * Takes one approved key to its outcome. Idempotent: an announcement without an outcome, from this process or a dead
 * one, is settled by reading the key back before anything is called again, since a second EnableKeyRotation would
 * move the rotation date (kms-facts §4).
 */
export async function changeKey(work: ChangeWork, key: ApprovedKey, permit: Permit): Promise<Outcome> {
  const earlier = outcomeOf(key);
  let outcome = base(earlier);
  if (earlier.status === 'unsettled') {
    permit.settling();
    outcome = await settleChange(work, { ...outcome, ...announced(earlier) });
    if (!mayTryAgain(outcome)) return conclude(work, permit, earlier, outcome);
  }
  for (let calls = 1, throttled = 0; ; calls++) {
    outcome = await attemptChange(work, outcome, permit);
    if (isPresumablyOurs(outcome)) outcome = presumeOurs(outcome);
    if (!mayTryAgain(outcome)) return conclude(work, permit, earlier, outcome);
    if (outcome.error?.kind === 'throttled') throttled += 1;
    if (calls - throttled >= CALLS || throttled >= THROTTLED_CALLS) {
      return conclude(work, permit, earlier, gaveUp(outcome));
    }
    if (outcome.error?.kind === 'throttled') await work.clock.sleep(Math.min(5000, 250 * 2 ** throttled));
  }
}

/** Sure refusals of a call that may go better at once. */
const MAY_PASS = new Set<Failure['kind']>(['throttled', 'network']);

/** A change that surely shows no effect, for a reason that may pass and is about this key alone. */
function mayTryAgain(outcome: Outcome): boolean {
  const { error } = outcome;
  return outcome.status === 'pending' && error !== undefined && reachOf(error) === undefined;
}

/** A key that is on after a call of ours went unanswered, though its state may stand against a change by now. */
function isPresumablyOurs({ status, unanswered, found }: Outcome): boolean {
  const isOn = status === 'already-in-place' || (status === 'skipped' && found?.rotation === 'on');
  return isOn && unanswered === true;
}

function presumeOurs({ reason, ...outcome }: Outcome): Outcome {
  const explanation =
    'An earlier call of ours went unanswered, and showed its effect later than the time to settle.';
  return { ...outcome, status: 'applied', proof: 'presumed', explanation };
}

/** One fresh check and, where it allows, one announced call. `pending` with an error: surely not done, may be tried again. */
async function attemptChange(work: ChangeWork, before: Outcome, permit: Permit): Promise<Outcome> {
  const { clock, store, kms, rollout, covers } = work;
  const { step, found } = await checkKey(store, kms, rollout, before);
  // One time for all: the machine can sleep for days between two looks at the clock.
  const now = clock.now().toISOString();
  const checked = { ...base(before), ...(found && { found }), checkedAt: now };
  if (step.kind !== 'enable') return { ...checked, ...withoutCall(step, now) };
  const intent: Outcome = {
    ...checked,
    status: 'unsettled',
    attempts: before.attempts + 1,
    drift: [...step.drift],
    intendedAt: now,
  };
  requireClock(work.signal);
  const cover = covers?.get(intent.keyArn);
  const announced = covers && !cover ? 'not-signed' : await store.recordIntent(rollout.id, intent, cover);
  if (announced !== 'recorded')
    return { ...checked, status: 'skipped', ...UNCOVERED[announced], finishedAt: now };
  const stillOurs = () => store.requireClaim(rollout.id);
  await stillOurs();
  const answer = await kms.enableKeyRotation(intent.keyArn, intent.RotationPeriodInDays, stillOurs);
  const requestId = answer.ok ? answer.requestId : answer.failure.requestId;
  const called = { ...intent, ...(requestId !== undefined && { requestId }) };
  // Without a request id nobody can hold the change against CloudTrail: it is read back, as without an answer.
  if (answer.ok && requestId) return { ...called, status: 'applied', proof: 'proven', finishedAt: answer.at };
  if (answer.ok || !answer.certain) {
    permit.settling();
    return settleChange(work, { ...called, ...(!answer.ok && { error: answer.failure }) });
  }
  const { intendedAt, ...rest } = { ...called, error: answer.failure };
  const notDone = { ...rest, status: 'pending' } as const;
  if (MAY_PASS.has(answer.failure.kind) || reachOf(answer.failure) !== undefined) return notDone;
  return { ...notDone, intendedAt: intent.intendedAt, status: 'failed', finishedAt: answer.at };
}

/** Announces nothing under a time that may be wrong: whether its approval holds depends on it. */
function requireClock(signal?: AbortSignal): void {
  const reason: unknown = signal?.reason;
  if (reason instanceof KeyturnError && reason.code === 'refused-clock') throw reason;
}

/** Reads an announced change back: it shows (presumably ours), it does not (may be called again), or nobody can tell. */
async function settleChange(work: ChangeWork, change: Outcome): Promise<Outcome> {
  const announcedChange = { ...change, unanswered: true };
  const { kms, clock, settleMs, onSettling, signal } = work;
  onSettling(announcedChange.keyArn);
  const settled = await settle(kms, clock, announcedChange.keyArn, settleMs, signal);
  if (settled.kind === 'on') {
    const { RotationPeriodInDays, NextRotationDate } = settled.status;
    const found = { rotation: 'on', RotationPeriodInDays, NextRotationDate } as const;
    return { ...announcedChange, status: 'applied', proof: 'presumed', found, finishedAt: settled.at };
  }
  if (settled.kind === 'off') {
    const { intendedAt, ...notDone } = announcedChange;
    return { ...notDone, status: 'pending', error: notDone.error ?? interrupted };
  }
  return { ...announcedChange, status: 'unsettled', error: settled.failure };
}

/** Stands for the answer that a process did not live to see. */
const interrupted: Failure = {
  operation: 'EnableKeyRotation',
  kind: 'network',
  code: 'Interrupted',
  message: 'Keyturn ended before the answer came',
};

/** How a key ends that is not called. What is stopped has not ended. @param finishedAt ISO 8601 */
function withoutCall(
  step: Exclude<Step, { kind: 'enable' }>,
  finishedAt: string,
): Partial<Outcome> & Pick<Outcome, 'status'> {
  switch (step.kind) {
    case 'already-in-place':
      return { status: 'already-in-place', drift: [...step.drift], finishedAt };
    case 'skip': {
      const { reason, explanation, drift } = step;
      return { status: 'skipped', reason, explanation, drift: [...drift], finishedAt };
    }
    case 'fail':
      return { status: 'failed', error: step.failure, finishedAt };
    case 'stop':
      return { status: 'pending', error: step.failure };
  }
}

async function conclude(
  work: ChangeWork,
  permit: Permit,
  earlier: Outcome,
  ended: Outcome,
): Promise<Outcome> {
  const reach = ended.error && reachOf(ended.error);
  const why = ended.error && reach && explainStop(ended.error, ended);
  const outcome = why === undefined ? ended : { explanation: `${why}.`, ...ended };
  await work.store.recordOutcome(work.rollout.id, outcome);
  if (reach && why !== undefined) work.stop(reach, why);
  // What an earlier run called has been counted by that run.
  permit.end(endingOf(outcome, outcome.attempts > earlier.attempts));
  return outcome;
}

function endingOf({ status, error }: Outcome, called: boolean): Parameters<Permit['end']>[0] {
  if (status === 'failed') return { kind: 'failed', called, ...permanent(error) };
  return { kind: called ? 'changed' : 'untouched' };
}

const PASSING = new Set<Failure['kind']>([
  'throttled',
  'server',
  'network',
  'malformed-answer',
  'credentials',
  'region-unavailable',
]);

function permanent(error: Failure | undefined): { permanentError?: string } {
  return error && !PASSING.has(error.kind) ? { permanentError: `${error.operation}: ${error.code}` } : {};
}

function gaveUp(outcome: Outcome): Outcome {
  const reason = outcome.error?.kind === 'throttled' ? 'gave-up-throttled' : 'gave-up';
  const explanation = `Called ${outcome.attempts} times; rotation reads as off.`;
  return { ...outcome, status: 'failed', reason, explanation, finishedAt: outcome.checkedAt };
}

/** Why no approval covers a change at the moment at which it would be announced. */
export const UNCOVERED: Readonly<
  Record<Exclude<IntentAnswer, 'recorded'> | 'not-signed', { reason: UncoveredReason; explanation: string }>
> = {
  'not-approved': {
    reason: 'not-approved',
    explanation: 'The approval was taken back before the change was announced.',
  },
  'approval-expired': {
    reason: APPROVAL_EXPIRED,
    explanation: 'The approval expired before the change was announced. Approve the key again.',
  },
  'approval-replaced': {
    reason: 'approval-replaced',
    explanation: 'The approver approved the key again while the run was in progress. Run configure again.',
  },
  'not-signed': {
    reason: 'not-signed',
    explanation: 'No trusted approver signed an approval of this key.',
  },
};

/** What every outcome of a key begins with: of an earlier one, the count of calls and whether one went unanswered. */
function base({
  keyArn,
  keyId,
  account,
  region,
  RotationPeriodInDays,
  attempts,
  unanswered,
}: Outcome): Outcome {
  const none = pending({ keyArn, keyId, account, region, RotationPeriodInDays, choice: 'approve' });
  return { ...none, attempts, ...(unanswered && { unanswered }) };
}

function announced({ intendedAt, checkedAt, drift, requestId, found }: Outcome): Partial<Outcome> {
  return {
    drift,
    ...(intendedAt !== undefined && { intendedAt }),
    ...(checkedAt !== undefined && { checkedAt }),
    ...(requestId !== undefined && { requestId }),
    ...(found && { found }),
  };
}
