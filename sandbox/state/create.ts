import { DAY_MS } from '../clock.ts';
import { uuidOf } from '../random.ts';
import type { KeySettings } from '../settings/key.ts';
import { isCustomKeyStore, usagesOf } from '../settings/names.ts';
import { arnOf, type Place } from './cloud.ts';
import { type Family, isPendingDeletion, type Key } from './key.ts';
import { Rotation } from './rotation.ts';

const CREATED = Date.parse('2025-01-15T09:00:00Z');
const at = (date: string | undefined) => (date === undefined ? undefined : Date.parse(date));

/** Makes the key that a settings entry describes, with its replicas and aliases. */
export function createFromSettings(
  placeOf: (region: string) => Place,
  settings: KeySettings,
  seed: string,
  now: number,
): Key {
  const place = placeOf(settings.region);
  const key = keyFrom(place, settings, seed, now);
  addKey(place, key);
  if (settings.multiRegion || settings.replicaRegions?.length) {
    key.family = { primaryRegion: key.region, members: new Map([[key.region, key]]) };
    for (const region of settings.replicaRegions ?? []) addReplica(key, key.family, placeOf(region));
  }
  for (const member of key.family?.members.values() ?? [key]) {
    for (const name of settings.aliases ?? [])
      addAlias(placeOf(member.region), name, key.keyId, key.createdAt);
  }
  return key;
}

function keyFrom(place: Place, settings: KeySettings, seed: string, now: number): Key {
  const isFamily = settings.multiRegion === true || (settings.replicaRegions?.length ?? 0) > 0;
  const keyId = settings.keyId ?? keyIdOf(seed, isFamily);
  const keySpec = settings.keySpec ?? 'SYMMETRIC_DEFAULT';
  const origin = settings.origin ?? 'AWS_KMS';
  const createdAt = at(settings.createdAt) ?? CREATED;
  const key: Key = {
    keyId,
    arn: arnOf(place, `key/${keyId}`),
    account: place.account,
    region: place.region,
    keyManager: settings.keyManager ?? 'CUSTOMER',
    keySpec,
    keyUsage: settings.keyUsage ?? usagesOf(keySpec)[0] ?? 'ENCRYPT_DECRYPT',
    origin,
    createdAt,
    listedFrom: createdAt,
    foundFrom: createdAt,
    rotation: rotationFrom(settings, createdAt),
    customKeyStoreId: isCustomKeyStore(origin)
      ? (settings.customKeyStoreId ?? `cks-${uuidOf(origin).slice(0, 8)}000000000`)
      : undefined,
    validTo: at(settings.validTo),
    state: settings.keyState ?? 'Enabled',
    description: settings.description ?? '',
    policy: typeof settings.policy === 'object' ? JSON.stringify(settings.policy, null, 2) : settings.policy,
    tags: new Map(Object.entries(settings.tags ?? {})),
  };
  const { lastUsage } = settings;
  if (lastUsage) key.lastUsage = { operation: lastUsage.operation, at: Date.parse(lastUsage.at) };
  if (isPendingDeletion(key.state)) scheduleFrom(key, settings, now);
  return key;
}

function rotationFrom(
  { rotation, pastRotations = [], onDemandRotationStartDate }: KeySettings,
  createdAt: number,
): Rotation {
  const made = new Rotation();
  for (const { date, type } of pastRotations) {
    made.material.push({ type, startedAt: Date.parse(date), endsAt: Date.parse(date) });
  }
  if (rotation) {
    const { periodInDays = 365, enabledAt, nextRotationDate } = rotation === true ? {} : rotation;
    made.start(periodInDays, at(nextRotationDate) ?? (at(enabledAt) ?? createdAt) + periodInDays * DAY_MS);
  }
  const running = at(onDemandRotationStartDate);
  if (running !== undefined) {
    made.material.push({ type: 'ON_DEMAND', startedAt: running, endsAt: Number.POSITIVE_INFINITY });
  }
  return made;
}

/** A date of deletion lies ahead: by default the window begins at the last midnight. */
function scheduleFrom(key: Key, settings: KeySettings, now: number): void {
  key.pendingWindowInDays = settings.pendingWindowInDays ?? 30;
  key.deletionAt =
    at(settings.deletionDate) ?? Math.floor(now / DAY_MS) * DAY_MS + key.pendingWindowInDays * DAY_MS;
}

/** A key id as KMS makes them: a UUID, or `mrk-` and 32 hex digits for a multi-Region key. */
export function keyIdOf(seed: string, multiRegion: boolean): string {
  const uuid = uuidOf(seed);
  return multiRegion ? `mrk-${uuid.replaceAll('-', '')}` : uuid;
}

export function addKey(place: Place, key: Key): void {
  place.keys.set(key.keyId, key);
  place.changed = true;
}

export function addAlias(place: Place, name: string, keyId: string | undefined, createdAt: number): void {
  const alias = { name, arn: arnOf(place, name), createdAt };
  place.aliases.set(name, keyId === undefined ? alias : { ...alias, keyId });
  place.changed = true;
}

/** A replica has the primary's key id and material, and a use of its own; the rotation setting is the family's. */
export function addReplica(primary: Key, family: Family, place: Place, own: Partial<Key> = {}): Key {
  const { lastUsage: _, ...shared } = primary;
  const replica: Key = {
    ...shared,
    arn: arnOf(place, `key/${primary.keyId}`),
    region: place.region,
    state: 'Enabled',
    tags: new Map(primary.tags),
    family,
    ...own,
  };
  family.members.set(place.region, replica);
  addKey(place, replica);
  return replica;
}
