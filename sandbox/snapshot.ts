import { advanceRotation } from './kms/rotation.ts';
import type { PlaceFilter } from './peaks.ts';
import type { Running } from './running.ts';
import type { KeySpecName, KeyState, KeyUsage, Origin } from './settings/names.ts';
import type { AccountState } from './settings/organization.ts';
import { listed, type Place } from './state/cloud.ts';
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

/** An account, and what becomes of somebody who tries to work in it. */
export interface AccountSnapshot {
  readonly id: string;
  readonly name?: string;
  readonly state: AccountState;
  readonly inOrganization: boolean;
  readonly roles: readonly string[];
}

export function accountSnapshots({ cloud }: Running): AccountSnapshot[] {
  return [...cloud.accounts.values()].map(({ id, state, roles }) => {
    const member = cloud.organization?.members.get(id);
    return {
      id,
      ...(member && { name: member.name }),
      state,
      inOrganization: member !== undefined,
      roles: roles.map(({ name }) => name),
    };
  });
}

/** The keys of all places that anyone has asked for; of a place that is named itself, in any case. */
export function snapshots(
  { cloud, clock, settings }: Running,
  { account, region }: PlaceFilter = {},
): KeySnapshot[] {
  const moment = { now: clock.now(), settings };
  const named = account === undefined ? undefined : cloud.accounts.get(account);
  const accounts = account === undefined ? [...cloud.accounts.values()] : named ? [named] : [];
  if (named && region !== undefined) return snapshotsIn(named.places.get(region), moment);
  return accounts.flatMap(({ places }) =>
    [...places.touched()]
      .filter((touched) => region === undefined || region === touched)
      .flatMap((touched) => snapshotsIn(places.get(touched), moment)),
  );
}

type Moment = Parameters<typeof advanceRotation>[0];

function snapshotsIn(place: Place, moment: Moment): KeySnapshot[] {
  const aliases = Map.groupBy(listed(place.aliases), ({ keyId }) => keyId);
  return [...place.keys.values()].map((key) =>
    snapshotOf(key, aliases.get(key.keyId)?.map(({ name }) => name) ?? [], moment),
  );
}

function snapshotOf(key: Key, aliases: readonly string[], moment: Moment): KeySnapshot {
  const { now } = moment;
  advanceRotation(moment, key);
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
