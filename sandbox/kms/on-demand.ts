import { epochSeconds } from '../clock.ts';
import { AwsError, invalidState, unsupported } from '../error.ts';
import { isCustomKeyStore } from '../settings/names.ts';
import type { Key } from '../state/key.ts';
import { type KmsCall, keyOf, type Output, stateNow } from './call.ts';
import { choice } from './input.ts';
import { materialIdOf, rotationsDone } from './metadata.ts';
import { page } from './page.ts';
import { refusalOfManager, refusalOfReplica, refusalOfState, refuse } from './refusal.ts';
import { advanceRotation } from './rotation.ts';

const LIMIT = 25;
const SOON_MS = 20 * 60_000;

/** RotateKeyOnDemand: at most 25 per key, and it never moves the automatic schedule (kms-facts §4). */
export function rotateKeyOnDemand(call: KmsCall): Output {
  const key = keyOf(call);
  refuseOnDemand(call, key);
  advanceRotation(call, key);
  const { material, setting } = key.rotation;
  const dueSoon = setting.enabled && setting.nextAt - call.now < SOON_MS;
  if (dueSoon || material.some((rotation) => rotation.endsAt > call.now)) {
    throw new AwsError('ConflictException', `A rotation of ${key.arn} is in progress or due.`);
  }
  if (material.filter((rotation) => rotation.type === 'ON_DEMAND').length >= LIMIT) throw limitReached(key);
  const endsAt = call.now + (call.settings.consistency?.onDemandMs ?? 0);
  material.push({ type: 'ON_DEMAND', startedAt: call.now, endsAt });
  return { KeyId: key.arn };
}

/** The state comes before the type: AWS was recorded to call a disabled RSA key disabled. */
function refuseOnDemand(call: KmsCall, key: Key): void {
  const state = stateNow(call, key);
  refuse(
    refusalOfManager(call, key),
    state === 'PendingImport' ? invalidState(`${key.arn} is pending import.`) : undefined,
    refusalOfState(key, state),
    key.keySpec !== 'SYMMETRIC_DEFAULT' || isCustomKeyStore(key.origin) ? unsupported() : undefined,
    refusalOfReplica(key),
    key.origin === 'EXTERNAL'
      ? invalidState(`No available key material pending rotation for the key: ${key.arn}.`)
      : undefined,
  );
}

const limitReached = (key: Key) =>
  new AwsError(
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
  );

/** ListKeyRotations: completed rotations; the first material only when all material is asked for. */
export function listKeyRotations(call: KmsCall): Output {
  const include = choice(call.input, 'IncludeKeyMaterial', ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY']);
  const key = keyOf(call);
  if (isCustomKeyStore(key.origin)) throw unsupported();
  advanceRotation(call, key);
  const { items, rest } = page(call, key.arn, rotationEntries(key, call.now, include === 'ALL_KEY_MATERIAL'));
  return { Rotations: items, ...rest };
}

function rotationEntries(key: Key, now: number, withFirst: boolean): Record<string, unknown>[] {
  if (key.keySpec !== 'SYMMETRIC_DEFAULT' || key.keyManager === 'AWS') return [];
  const done = key.rotation.material.filter((rotation) => rotation.endsAt <= now);
  const current = rotationsDone(key, now);
  const entry = (n: number) => ({
    KeyId: key.keyId,
    KeyMaterialId: materialIdOf(key, n),
    KeyMaterialState: n === current ? 'CURRENT' : 'NON_CURRENT',
  });
  const entries = done.map((rotation, index) => ({
    ...entry(index + 1),
    RotationDate: epochSeconds(rotation.endsAt),
    RotationType: rotation.type,
  }));
  return withFirst ? [entry(0), ...entries] : entries;
}
