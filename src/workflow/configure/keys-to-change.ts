import { KeyturnError } from '../../messages/error.ts';
import { isOn, OUTCOMES } from '../../model/outcome.ts';
import type { Place } from '../../model/place.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { ApprovedKey, ApprovedPlace, Store } from '../ports.ts';
import { checkRecord } from '../rollout/check-record.ts';

/** Outcomes that leave something to do. */
const NOT_ON = OUTCOMES.filter((outcome) => !isOn(outcome));

/** Approved keys whose change has not been made, by place. */
export interface KeysToChange {
  readonly places: readonly ApprovedPlace[];
  readonly keys: number;
}

/** @throws KeyturnError `refused-*` if the store is not what its journal says, nothing is approved, or the plan is not the approved one */
export async function placesToChange(store: Store, rollout: AssessedRollout): Promise<KeysToChange> {
  await checkRecord(store, rollout);
  const approved = await store.approvedCounts(rollout.id);
  if (sumKeys(approved) === 0) throw noApprovedKey();
  const foreign = sumKeys(approved.filter(({ planDigest }) => planDigest !== rollout.planDigest));
  if (foreign > 0) throw foreignPlan(foreign);
  const places = await store.approvedPlaces(rollout.id, { outcomes: NOT_ON });
  return { places, keys: sumKeys(places) };
}

/**
 * The keys of a place that are left, those announced and not settled first. They are read while the work on them goes
 * on: a key that was announced at first and is not any more has been worked on already.
 */
export async function* keysToChange(
  store: Store,
  { id }: AssessedRollout,
  place: Place,
): AsyncGenerator<ApprovedKey> {
  // Few: what a process left that was killed, and what could not be read back.
  const announced = new Set<string>();
  for await (const key of store.approvedKeys(id, { place, outcomes: NOT_ON, announced: true })) {
    announced.add(key.decision.keyArn);
    yield key;
  }
  for await (const key of store.approvedKeys(id, { place, outcomes: NOT_ON, announced: false })) {
    if (!announced.has(key.decision.keyArn)) yield key;
  }
}

function noApprovedKey(): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    'No key of this rollout is approved. Nothing was changed.',
    'Approve keys with: keyturn approve',
  );
}

function foreignPlan(keys: number): KeyturnError {
  return new KeyturnError(
    'refused-foreign-plan',
    `${keys} approved keys were approved under another plan than this rollout's.`,
    'Approve them again with: keyturn approve',
  );
}

const sumKeys = (parts: readonly { readonly keys: number }[]): number =>
  parts.reduce((sum, { keys }) => sum + keys, 0);
