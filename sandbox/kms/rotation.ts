import { epochSeconds } from '../clock.ts';
import { accessDenied, unsupported } from '../error.ts';
import { isCustomKeyStore } from '../settings/names.ts';
import { isPendingDeletion, isReplica, type Key, stateOf } from '../state/key.ts';
import type { RotationSetting } from '../state/rotation.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { integer } from './input.ts';
import { refusalOfOrigin, refuse, refuseRotationChange } from './refusal.ts';

const DEFAULT_PERIOD = 365;

/** EnableKeyRotation (kms-facts §1.2): empty body; nothing rotates now, only one period later. */
export function enableKeyRotation(call: KmsCall): Output {
  const asked = integer(call.input, 'RotationPeriodInDays', 90, 2560);
  const key = keyOf(call);
  refuseRotationChange(call, key);
  advanceRotation(call, key);
  key.rotation.enable(call.now, asked ?? periodWhenOmitted(call, key));
  return undefined;
}

/** Undocumented: what a call without a period does to a period that was set before (kms-facts §4). */
function periodWhenOmitted(call: KmsCall, key: Key): number {
  const { enabled, periodInDays } = key.rotation.setting;
  return enabled && call.settings.assumptions?.periodWhenOmitted === 'keep' ? periodInDays : DEFAULT_PERIOD;
}

export function disableKeyRotation(call: KmsCall): Output {
  const key = keyOf(call);
  refuseRotationChange(call, key);
  advanceRotation(call, key);
  key.rotation.disable(call.now);
  return undefined;
}

/** GetKeyRotationStatus (kms-facts §1.3): period and date only when on. */
export function getKeyRotationStatus(call: KmsCall): Output {
  const key = keyOf(call);
  refuseStatus(call, key);
  advanceRotation(call, key);
  return {
    KeyId: call.settings.assumptions?.statusKeyId === 'arn' ? key.arn : key.keyId,
    ...statusFields(call, key),
    ...onDemandFields(key, call.now),
  };
}

function refuseStatus(call: KmsCall, key: Key): void {
  const { importedKeyStatus = 'false', awsManagedKeyStatus = 'true' } = call.settings.assumptions ?? {};
  if (key.keyManager === 'AWS' && awsManagedKeyStatus === 'denied') {
    throw accessDenied(call.callerArn, `kms:${call.operation}`, key.arn, 'resource');
  }
  if (isCustomKeyStore(key.origin) || stateNow(call, key) === 'PendingImport') refuse(refusalOfOrigin(key));
  const imported = key.origin === 'EXTERNAL' && key.keySpec === 'SYMMETRIC_DEFAULT';
  if (imported && importedKeyStatus === 'unsupported') throw unsupported();
}

function statusFields(call: KmsCall, key: Key): Record<string, unknown> {
  // Always on, always yearly, and its date is nobody's to know.
  if (key.keyManager === 'AWS') return { KeyRotationEnabled: true, RotationPeriodInDays: DEFAULT_PERIOD };
  const { enabled, periodInDays, nextAt } = shownSetting(call, key);
  if (!enabled || isPendingDeletion(stateNow(call, key))) return { KeyRotationEnabled: false };
  return {
    KeyRotationEnabled: true,
    NextRotationDate: epochSeconds(nextAt),
    RotationPeriodInDays: periodInDays,
  };
}

/** A replica shows what the last synchronisation brought, and every reader may be behind. */
function shownSetting(call: KmsCall, key: Key): RotationSetting {
  const { rotationMs = 0, replicaMs = 0 } = call.settings.consistency ?? {};
  return key.rotation.shown(call.now, rotationMs + (isReplica(key) ? replicaMs : 0));
}

function onDemandFields(key: Key, now: number): Record<string, unknown> {
  const running = key.rotation.material.findLast(
    (rotation) => rotation.type === 'ON_DEMAND' && rotation.endsAt > now,
  );
  return running ? { OnDemandRotationStartDate: epochSeconds(running.startedAt) } : {};
}

/** Lets the automatic rotations happen that fell due since anyone looked; only an enabled key rotates. */
export function advanceRotation({ now, settings }: Pick<KmsCall, 'now' | 'settings'>, key: Key): void {
  const primary = key.family ? key.family.members.get(key.family.primaryRegion) : key;
  if (!primary || stateOf(primary, now) !== 'Enabled') return;
  key.rotation.advance(now, settings.consistency?.automaticMs ?? 0);
}
