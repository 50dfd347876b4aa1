import { type BlastRadius, Governor } from '../configure/governor.ts';
import type { Step } from '../configure/step.ts';
import { KeyturnError } from '../messages/error.ts';
import { isOn } from '../model/outcome.ts';
import type { Place } from '../model/place.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import { nothingApproved } from './approve.ts';
import { changeKey } from './change-key.ts';
import { checkCaller } from './check-caller.ts';
import { checkKey } from './check-key.ts';
import { checkPlan } from './choose-rollout.ts';
import { concurrently } from './concurrently.ts';
import type { Host } from './host.ts';
import { type OutcomeTotals, outcomesOf, totalOutcomes } from './outcomes.ts';
import type { ApprovedKey, KmsPlace, Store } from './ports.ts';

export interface ConfigureRequest extends BlastRadius {
  readonly settleMs: number;
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
  const lock = store.lockRollout(rollout.id, host.holder);
  try {
    if (lock.takenOverFrom) notify({ code: 'lock-taken-over', from: lock.takenOverFrom });
    const keys = await keysToChange(store, rollout);
    const caller = await checkCaller(host.aws, rollout);
    const bound = (count: number) => (Number.isFinite(count) ? count : null);
    await store.journal(rollout.id, {
      at: clock.now().toISOString(),
      kind: 'configure-begun',
      body: {
        caller,
        keys: keys.length,
        limit: bound(request.limit),
        maxFailures: bound(request.maxFailures),
        settleMs: request.settleMs,
      },
    });
    const spent = await changeKeys(host, rollout, keys, request);
    host.signal?.throwIfAborted();
    return { totals: totalOutcomes(await outcomesOf(store, rollout.id)), spent };
  } finally {
    lock.release();
  }
}

/** What configure would do to a key now. */
export interface DryRunStep {
  readonly key: ApprovedKey;
  /** `settle`: read an earlier change back first; `later`: beyond the limit of this run. */
  readonly step: Step | { readonly kind: 'settle' } | { readonly kind: 'later' };
}

/** Makes the same fresh checks as `configure` and says what would follow; records nothing, changes nothing. */
export async function dryRun(
  { aws, store, notify }: Host,
  rollout: AssessedRollout,
  limit: number,
): Promise<DryRunStep[]> {
  const keys = await keysToChange(store, rollout);
  await checkCaller(aws, rollout);
  const steps: DryRunStep[] = [];
  await concurrently(byPlace(keys), PLACES_AT_ONCE, async ([, group]) => {
    const kms = aws.place(placeOf(group));
    await concurrently(group, READS_AT_ONCE, async (key) => {
      steps.push({ key, step: await previewStep(store, kms, rollout, key) });
      notify({ code: 'progress', phase: 'configure', done: steps.length, of: keys.length });
    });
  });
  steps.sort((a, b) => (a.key.decision.keyArn < b.key.decision.keyArn ? -1 : 1));
  let left = limit;
  return steps.map(({ key, step }) =>
    step.kind !== 'enable' || left-- > 0 ? { key, step } : { key, step: { kind: 'later' } },
  );
}

const PLACES_AT_ONCE = 16;
const READS_AT_ONCE = 16;

/** Approved keys whose change has not been made; those announced and not settled come first. */
async function keysToChange(store: Store, rollout: AssessedRollout): Promise<ApprovedKey[]> {
  await checkPlan(store, rollout);
  const approved = await store.approvedKeys(rollout.id);
  if (approved.length === 0) throw nothingApproved('There is no approved key in this rollout.');
  const foreign = approved.filter(({ planDigest }) => planDigest !== rollout.planDigest);
  if (foreign.length > 0) throw foreignPlan(foreign);
  const isAnnounced = ({ change }: ApprovedKey) => change?.state === 'intended';
  const left = approved.filter(({ change }) => !change || !isOn(change.outcome.outcome));
  return [...left.filter(isAnnounced), ...left.filter((key) => !isAnnounced(key))];
}

async function changeKeys(
  host: Host,
  rollout: AssessedRollout,
  keys: readonly ApprovedKey[],
  request: ConfigureRequest,
): Promise<Governor['spent']> {
  const governor = new Governor(request);
  host.signal?.addEventListener('abort', () => governor.stop('interrupted'));
  let done = 0;
  const onKey = () => {
    done += 1;
    host.notify({ code: 'progress', phase: 'configure', done, of: keys.length });
  };
  await concurrently(byPlace(keys), PLACES_AT_ONCE, ([name, group]) =>
    changePlace(host, rollout, { name, keys: group, governor, settleMs: request.settleMs, onKey }),
  );
  return governor.spent;
}

interface PlaceOfChanges {
  readonly name: string;
  readonly keys: readonly ApprovedKey[];
  readonly governor: Governor;
  readonly settleMs: number;
  readonly onKey: () => void;
}

async function changePlace(
  { aws, store, clock, notify, signal }: Host,
  rollout: AssessedRollout,
  { name, keys, governor, settleMs, onKey }: PlaceOfChanges,
): Promise<void> {
  const place = placeOf(keys);
  const reached = await aws.reach(place.account);
  if (!reached.ok) {
    const { operation, code } = reached.failure;
    return notify({
      code: 'place-stopped',
      place,
      reason: `the account cannot be reached: ${operation}: ${code}`,
    });
  }
  const onSettling = once(() => notify({ code: 'settling', place, seconds: settleMs / 1000 }));
  const stopRun = (reason: string) => governor.stop(reason);
  const kms = aws.place(place);
  const work = { kms, store, clock, rollout, settleMs, stopRun, onSettling, ...(signal && { signal }) };
  const begun: Promise<void>[] = [];
  for (const key of keys) {
    const permit = await governor.permit(name);
    if (!permit) break;
    const change = changeKey(work, key, permit).then(onKey);
    change.catch(() => governor.stop('the record could not be kept'));
    begun.push(change);
  }
  for (const ended of await Promise.allSettled(begun)) {
    if (ended.status === 'rejected') throw ended.reason;
  }
  const reason = governor.whyStopped(name);
  if (reason !== undefined && begun.length < keys.length) notify({ code: 'place-stopped', place, reason });
}

async function previewStep(
  store: Store,
  kms: KmsPlace,
  rollout: AssessedRollout,
  { decision: { keyArn, keyId }, change }: ApprovedKey,
): Promise<DryRunStep['step']> {
  if (change?.state === 'intended') return { kind: 'settle' };
  return (await checkKey(store, kms, rollout, { keyArn, keyId })).step;
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

function foreignPlan(keys: readonly ApprovedKey[]): KeyturnError {
  return new KeyturnError(
    'refused-foreign-plan',
    `${keys.length} approved keys were approved under another plan than this rollout's.`,
    'Approve them again with: keyturn approve',
  );
}

function byPlace(keys: readonly ApprovedKey[]): Map<string, ApprovedKey[]> {
  return Map.groupBy(keys, ({ decision }) => `${decision.account} ${decision.region}`);
}

function placeOf([first]: readonly ApprovedKey[]): Place {
  if (!first) throw new RangeError('a place without keys');
  const { account, region } = first.decision;
  return { account, region };
}
