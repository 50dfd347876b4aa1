import { advanceRotation } from './kms/rotation.ts';
import type { Running } from './running.ts';
import type { KeySpecName, KeyState, KeyUsage, Origin } from './settings/names.ts';
import { keysOf, listed } from './state/cloud.ts';
import { isPrimary, type Key, stateOf } from './state/key.ts';

/** A key as it truly is, whatever a caller would be shown. */
export interface KeySnapshot {
  readonly arn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly keyManager: 'CUSTOMER' | 'AWS';
  readonly keySpec: KeySpecName;
  readonly keyUsage: KeyUsage;
  readonly origin: Origin;
  readonly keyState: KeyState;
  readonly multiRegionKeyType?: 'PRIMARY' | 'REPLICA';
  readonly description: string;
  readonly aliases: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly rotation: {
    readonly enabled: boolean;
    readonly periodInDays?: number;
    readonly nextRotationDate?: string;
    readonly completed: number;
  };
}

export function snapshots(running: Running): KeySnapshot[] {
  const now = running.clock.now();
  const aliases = aliasesByKey(running);
  return [...keysOf(running.cloud)].map((key) => snapshotOf(key, aliases.get(key.arn) ?? [], now));
}

function aliasesByKey(running: Running): Map<string, string[]> {
  const byKey = new Map<string, string[]>();
  for (const account of running.cloud.accounts.values()) {
    for (const place of account.places.values()) {
      for (const { name, keyId = '' } of listed(place.aliases)) {
        const arn = place.keys.get(keyId)?.arn;
        if (arn !== undefined) byKey.set(arn, [...(byKey.get(arn) ?? []), name]);
      }
    }
  }
  return byKey;
}

function snapshotOf(key: Key, aliases: readonly string[], now: number): KeySnapshot {
  advanceRotation(key, now);
  return {
    arn: key.arn,
    keyId: key.keyId,
    account: key.account,
    region: key.region,
    keyManager: key.keyManager,
    keySpec: key.keySpec,
    keyUsage: key.keyUsage,
    origin: key.origin,
    keyState: stateOf(key, now),
    ...(key.family && { multiRegionKeyType: isPrimary(key) ? 'PRIMARY' : 'REPLICA' }),
    description: key.description,
    aliases,
    tags: Object.fromEntries(key.tags),
    rotation: rotationOf(key, now),
  };
}

function rotationOf(key: Key, now: number): KeySnapshot['rotation'] {
  const completed = key.rotation.material.filter((rotation) => rotation.endsAt <= now).length;
  const { enabled, periodInDays, nextAt } = key.rotation.setting;
  if (key.keyManager === 'AWS') return { enabled: true, completed };
  if (!enabled) return { enabled, completed };
  return { enabled, periodInDays, nextRotationDate: new Date(nextAt).toISOString(), completed };
}
