import { type AwsError, accessDenied, disabled, invalidState, unsupported } from '../error.ts';
import { isCustomKeyStore, type KeyState } from '../settings/names.ts';
import { isPendingDeletion, isReplica, type Key } from '../state/key.ts';
import { type KmsCall, stateNow } from './call.ts';

/** Why the kind of key rules rotation out, whatever its state (kms-facts §1.2). */
export function refusalOfType(key: Key): AwsError | undefined {
  // AWS was recorded to refuse a non-symmetric key with an empty message.
  if (key.keySpec !== 'SYMMETRIC_DEFAULT' || key.keyUsage !== 'ENCRYPT_DECRYPT') return unsupported();
  return refusalOfOrigin(key);
}

export function refusalOfOrigin(key: Key): AwsError | undefined {
  if (key.origin === 'EXTERNAL' || isCustomKeyStore(key.origin)) {
    return unsupported(`${key.arn} origin is ${key.origin} which is not valid for this operation.`);
  }
  return undefined;
}

/** Why the key's state rules a change out: notes [1], [3] and [14] of the key-state table. */
export function refusalOfState(key: Key, state: KeyState): AwsError | undefined {
  if (state === 'Disabled') return disabled(key.arn);
  return pendingOrCreating(key, state);
}

/** For operations that a disabled key allows: pending deletion and creation still rule them out. */
export function pendingOrCreating(key: Key, state: KeyState): AwsError | undefined {
  if (isPendingDeletion(state)) {
    return invalidState(`${key.arn} is pending ${state === 'PendingDeletion' ? '' : 'replica '}deletion.`);
  }
  return state === 'Creating' ? invalidState(`${key.arn} is creating.`) : undefined;
}

/** Shared properties are set on the primary only. The code is our assumption (kms-facts §11.2). */
export const refusalOfReplica = (key: Key) =>
  isReplica(key) ? unsupported(`${key.arn} is not a multi-region primary key.`) : undefined;

/** AWS's policy on an AWS managed key grants its owner no changes. */
export const refusalOfManager = (call: KmsCall, key: Key) =>
  key.keyManager === 'AWS'
    ? accessDenied(call.callerArn, `kms:${call.operation}`, key.arn, 'resource')
    : undefined;

/** The checks of EnableKeyRotation and its kin. Which comes first, type or state, AWS does not say. */
export function refuseRotationChange(call: KmsCall, key: Key): void {
  const byState = () => refusalOfState(key, stateNow(call, key));
  const byType = () => refusalOfType(key);
  const stateFirst = call.settings.assumptions?.refusalPrecedence === 'state';
  const [first, second] = stateFirst ? [byState, byType] : [byType, byState];
  const refusal =
    refusalOfManager(call, key) ??
    first() ??
    // A replica that is still being created is refused for that (kms-facts §1.2).
    (stateNow(call, key) === 'Creating' ? byState() : refusalOfReplica(key)) ??
    second();
  if (refusal) throw refusal;
}

export function refuse(...refusals: (AwsError | undefined)[]): void {
  for (const refusal of refusals) if (refusal) throw refusal;
}
