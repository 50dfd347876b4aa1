import { DAY_MS, epochSeconds } from '../clock.ts';
import { disabled, invalidState } from '../error.ts';
import { isPendingDeletion, isReplica, type Key, stateOf } from '../state/key.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { integer } from './input.ts';
import { pendingOrCreating, refusalOfManager, refuse } from './refusal.ts';
import { advanceRotation } from './rotation.ts';

/** EnableKey. A rotation date missed while the key was disabled is made up for at once (kms-facts §4). */
export function enableKey(call: KmsCall): Output {
  const key = usableKey(call);
  if (key.state === 'Disabled' && !isReplica(key)) key.rotation.catchUp(call.now);
  key.state = 'Enabled';
  return undefined;
}

export function disableKey(call: KmsCall): Output {
  const key = usableKey(call);
  advanceRotation(call, key);
  key.state = 'Disabled';
  return undefined;
}

function usableKey(call: KmsCall): Key {
  const key = keyOf(call);
  const state = stateNow(call, key);
  refuse(
    refusalOfManager(call, key),
    pendingOrCreating(key, state),
    state === 'PendingImport' ? invalidState(`${key.arn} is pending import.`) : undefined,
    state === 'Unavailable' ? invalidState(`${key.arn} is unavailable.`) : undefined,
  );
  return key;
}

/** ScheduleKeyDeletion. A primary with replicas waits for them and has no date until they are gone. */
export function scheduleKeyDeletion(call: KmsCall): Output {
  const PendingWindowInDays = integer(call.input, 'PendingWindowInDays', 7, 30) ?? 30;
  const key = keyOf(call);
  refuse(refusalOfManager(call, key), pendingOrCreating(key, stateNow(call, key)));
  advanceRotation(call, key);
  key.pendingWindowInDays = PendingWindowInDays;
  key.deletionAt = call.now + PendingWindowInDays * DAY_MS;
  key.state = hasReplicas(key) ? 'PendingReplicaDeletion' : 'PendingDeletion';
  return {
    KeyId: key.arn,
    KeyState: key.state,
    PendingWindowInDays,
    ...(key.state === 'PendingDeletion' && { DeletionDate: epochSeconds(key.deletionAt) }),
  };
}

const hasReplicas = (key: Key) => key.family?.primaryRegion === key.region && key.family.members.size > 1;

/** CancelKeyDeletion: the key comes back disabled, its rotation setting with it (kms-facts §1.3). */
export function cancelKeyDeletion(call: KmsCall): Output {
  const key = keyOf(call);
  refuse(refusalOfManager(call, key));
  if (!isPendingDeletion(stateNow(call, key))) throw invalidState(`${key.arn} is not pending deletion.`);
  key.state = 'Disabled';
  return { KeyId: key.arn };
}

/** For operations on keys in a family: the primary must be enabled. */
export function requireEnabled(key: Key, now: number): void {
  const state = stateOf(key, now);
  if (state === 'Disabled') throw disabled(key.arn);
  if (state !== 'Enabled')
    throw pendingOrCreating(key, state) ?? invalidState(`${key.arn} is ${state.toLowerCase()}.`);
}
