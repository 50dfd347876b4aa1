import { KeyturnError } from '../../messages/error.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { VerdictTotals } from '../../model/verdict.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import { limitConcurrency } from '../limit-concurrency.ts';
import type { ApprovedFilter, ApprovedPlace, Clock } from '../ports.ts';
import { checkCaller } from '../reading/check-caller.ts';
import { openPlaces } from '../reading/open-places.ts';
import { checkRecord } from '../rollout/check-record.ts';
import { totalVerdicts } from '../rollout/outcomes.ts';
import { validatePlace } from './validate-place.ts';
import { sayWaiting } from './waiting.ts';

export interface ValidateHost extends Host {
  /** A new id. */
  readonly newCheckId: () => string;
}

/** A check, and how the rollout stands after it. */
export interface CheckResult {
  readonly check: string;
  readonly totals: VerdictTotals;
}

/** Places that are read at once; those that wait for AWS to agree with itself do not count. */
const PLACES_AT_ONCE = 16;

/**
 * Re-reads every key that was reported as enabled and records a verdict on each. What is not as expected is read again
 * until `waitMs` after its change have passed: KMS may take minutes to agree with itself (kms-facts §3).
 * A check has an id and is dated in the journal, so that a later one says no less than an earlier one.
 * @param which `unconfirmed` leaves out what an earlier validation confirmed: enough between two waves
 * @throws KeyturnError `refused-nothing-approved` where nothing was asked for
 */
export async function validate(
  host: ValidateHost,
  rollout: AssessedRollout,
  waitMs: number,
  which: 'all' | 'unconfirmed' = 'all',
): Promise<CheckResult> {
  const { store, clock } = host;
  const lock = await store.lockRollout(rollout.id, host.holder);
  try {
    await checkRecord(store, rollout);
    if ((await store.approvedCounts(rollout.id)).length === 0) throw nothingRequested();
    const changed = CHANGED[which];
    const places = await store.approvedPlaces(rollout.id, changed);
    const keys = places.reduce((sum, place) => sum + place.keys, 0);
    const caller = await checkCaller(host.aws, rollout);
    const check = host.newCheckId();
    const body = { check, caller, keys, waitMs };
    await store.journal(rollout.id, { at: clock.now().toISOString(), kind: 'check-begun', body });
    await validatePlaces(host, check, rollout, places, changed, waitMs);
    return { check, totals: totalVerdicts(await store.approvedCounts(rollout.id)) };
  } finally {
    await lock.release();
  }
}

const CHANGED: Readonly<Record<'all' | 'unconfirmed', ApprovedFilter>> = {
  all: { outcomes: ['applied'] },
  unconfirmed: { outcomes: ['applied'], verdicts: ['none', 'discrepant', 'unreadable'] },
};

/** Each place goes at its own pace: one that is slow, dead or behind holds up no other. */
async function validatePlaces(
  host: Host,
  check: string,
  rollout: AssessedRollout,
  places: readonly ApprovedPlace[],
  changed: ApprovedFilter,
  waitMs: number,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(host.signal ? [host.signal] : [])]);
  const keys = places.reduce((sum, place) => sum + place.keys, 0);
  let done = 0;
  const onKey = () => {
    done += 1;
    host.notify({ code: 'progress', phase: 'validate', done, of: keys });
  };
  const waiting = sayWaiting(host, places.length);
  const inTurn = limitConcurrency(PLACES_AT_ONCE);
  const open = openPlaces(host.aws);
  const deadlineOf = deadlinesFrom(host.clock, waitMs);
  const work = { host, check, rollout, places: open, changed, deadlineOf, signal, onKey, waiting, inTurn };
  const validateOne = async ({ place }: ApprovedPlace) => {
    try {
      await validatePlace(work, place);
    } catch (error) {
      // The others stop too, also those that wait.
      failed.abort(error);
      throw error;
    }
  };
  await concurrently(places, places.length, validateOne, signal);
}

/**
 * Says until when a change is read again. The wait counts from the end of the change, which another process may have
 * recorded, by the time of day alone: it is compared with the time of day once, and never counts as in the future.
 */
function deadlinesFrom(clock: Clock, waitMs: number): (outcome: Outcome) => number {
  const [timeOfDay, begun] = [clock.now().getTime(), clock.monotonic()];
  return ({ finishedAt }) => {
    const left = Date.parse(finishedAt ?? '') + waitMs - timeOfDay || 0;
    return begun + Math.min(waitMs, Math.max(0, left));
  };
}

function nothingRequested(): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    'Nothing was approved in this rollout, so there is nothing to validate.',
    'Approve keys with: keyturn approve',
  );
}
