import { type BlastRadius, Governor } from '../../configure/governor.ts';
import { explainStop, type Reach } from '../../configure/step.ts';
import { keyIdsOf, type TrustedKey } from '../../evidence/trust.ts';
import type { Notify } from '../../messages/message.ts';
import { adviseFailure } from '../../model/advice.ts';
import type { OutcomeTotals } from '../../model/outcome.ts';
import { nameOfPlace, type Place } from '../../model/place.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import type { ApprovedPlace } from '../ports.ts';
import { checkCaller } from '../reading/check-caller.ts';
import { totalOutcomes } from '../rollout/outcomes.ts';
import type { Covers } from '../rollout/signed-approvals.ts';
import { type ChangeWork, changeKey } from './change-key.ts';
import { type KeysToChange, keysToChange, placesToChange } from './keys-to-change.ts';

export interface ConfigureRequest extends BlastRadius {
  readonly settleMs: number;
  /** The keys of approvers, one of which has to have signed the approval of each change; absent: no signature is required. */
  readonly approvers?: readonly TrustedKey[];
}

export interface ConfigureResult {
  /** Outcomes of the whole rollout. */
  readonly totals: OutcomeTotals;
  /** What this run has used up of its bounds. */
  readonly spent: Governor['spent'];
}

/**
 * Makes the approved changes of a rollout that have not been made, each after a fresh check, announced in the journal
 * before and recorded after. Run again, it goes on with what is left.
 * @throws KeyturnError `refused-*` where nothing is approved, the plan is not the approved one, the credentials are of
 *   another account, or another process is at it
 */
export async function configure(
  host: Host,
  rollout: AssessedRollout,
  request: ConfigureRequest,
): Promise<ConfigureResult> {
  const { store, clock, notify } = host;
  const lock = await store.lockRollout(rollout.id, host.holder);
  try {
    if (lock.takenOverFrom) notify({ code: 'lock-taken-over', from: lock.takenOverFrom });
    const left = await placesToChange(store, rollout, request.approvers);
    const caller = await checkCaller(host.aws, rollout);
    const bound = (count: number) => (Number.isFinite(count) ? count : null);
    await store.journal(rollout.id, {
      at: clock.now().toISOString(),
      kind: 'configure-begun',
      body: {
        caller,
        keys: left.keys,
        limit: bound(request.limit),
        maxFailures: bound(request.maxFailures),
        settleMs: request.settleMs,
        ...(request.approvers && { approverKeys: keyIdsOf(request.approvers, 'approver') }),
      },
    });
    if (left.unsigned > 0) notify({ code: 'keys-unsigned', keys: left.unsigned });
    const spent = await changeKeys(host, rollout, left, request);
    host.signal?.throwIfAborted();
    return { totals: totalOutcomes(await store.approvedCounts(rollout.id)), spent };
  } finally {
    await lock.release();
  }
}

const PLACES_AT_ONCE = 16;

async function changeKeys(
  host: Host,
  rollout: AssessedRollout,
  { places, keys, covers }: KeysToChange,
  request: ConfigureRequest,
): Promise<Governor['spent']> {
  const governor = new Governor(request);
  host.signal?.addEventListener('abort', () => governor.stop('interrupted'));
  let done = 0;
  const onKey = () => {
    done += 1;
    host.notify({ code: 'progress', phase: 'configure', done, of: keys });
  };
  const left: number[] = [];
  const onLeft = (keysLeft: number) => left.push(keysLeft);
  const stop = stopWithin(governor, places);
  const work = { governor, onLeft, stop, settleMs: request.settleMs, onKey, ...(covers && { covers }) };
  await concurrently(places, PLACES_AT_ONCE, (each) => changePlace(host, rollout, { ...each, ...work }));
  sayLeft(host.notify, governor, left);
  return governor.spent;
}

function sayLeft(notify: Notify, { boundReached: bound, made }: Governor, left: readonly number[]): void {
  if (bound === undefined || left.length === 0) return;
  const keys = left.reduce((sum, each) => sum + each, 0);
  notify({ code: 'keys-left', bound, keys, places: left.length, changes: made });
}

type Stop = (place: Place, reach: Reach, reason: string) => void;

/** Stops this place, all places of its account, or the run. */
function stopWithin(governor: Governor, places: readonly ApprovedPlace[]): Stop {
  return ({ account, region }, reach, reason) => {
    if (reach === 'run') return governor.stop(reason);
    for (const { place } of places) {
      const isMeant = place.account === account && (reach === 'account' || place.region === region);
      if (isMeant) governor.stopPlace(nameOfPlace(place), reason);
    }
  };
}

interface PlaceOfChanges extends ApprovedPlace {
  readonly governor: Governor;
  readonly stop: Stop;
  readonly settleMs: number;
  readonly covers?: Covers;
  readonly onKey: () => void;
  /** Hears how many keys a bound of the run leaves in a place. */
  readonly onLeft: (keys: number) => void;
}

async function changePlace(host: Host, rollout: AssessedRollout, work: PlaceOfChanges): Promise<void> {
  const { aws, notify } = host;
  const { place, keys, governor, onLeft } = work;
  const reached = await aws.reach(place.account);
  if (!reached.ok) {
    const { failure } = reached;
    const fix = adviseFailure(failure, place);
    const reason = explainStop(failure, place);
    return notify({ code: 'place-stopped', place, reason, ...(fix !== undefined && { fix }) });
  }
  const begun = await changeKeysOfPlace(host, rollout, work);
  const reason = governor.whyStopped(nameOfPlace(place));
  if (reason === undefined || begun >= keys) return;
  if (reason === governor.boundReached) onLeft(keys - begun);
  else notify({ code: 'place-stopped', place, reason });
}

/** Begins on one key after the other as the governor gives leave. Returns how many were begun; all have ended then. */
async function changeKeysOfPlace(
  { aws, store, clock, notify, signal }: Host,
  rollout: AssessedRollout,
  { place, governor, stop: stopFrom, settleMs, covers, onKey }: PlaceOfChanges,
): Promise<number> {
  const onSettling = once((keyArn: string) => notify({ code: 'settling', keyArn, seconds: settleMs / 1000 }));
  const stop: ChangeWork['stop'] = (reach, reason) => stopFrom(place, reach, reason);
  const kms = aws.place(place);
  const optional = { ...(covers && { covers }), ...(signal && { signal }) };
  const work = { kms, store, clock, rollout, settleMs, stop, onSettling, ...optional };
  // As many as the governor lets be open in one place.
  const open = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let begun = 0;
  try {
    for await (const key of keysToChange(store, rollout, place, covers)) {
      const permit = await governor.permit(nameOfPlace(place));
      if (!permit) break;
      begun += 1;
      const change = changeKey(work, key, permit)
        .then(onKey)
        .catch((cause) => {
          failures.push(cause);
          governor.stop('the record could not be kept');
        })
        .finally(() => open.delete(change));
      open.add(change);
    }
  } catch (cause) {
    failures.push(cause);
    governor.stop('the record could not be read');
  }
  await Promise.all(open);
  if (failures.length > 0) throw failures[0];
  return begun;
}

function once<T>(work: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (!done) work(value);
    done = true;
  };
}
