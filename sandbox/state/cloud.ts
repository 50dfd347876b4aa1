import type { RegionOptStatus } from '../settings/names.ts';
import type { AccountState, RoleSettings } from '../settings/organization.ts';
import type { Key } from './key.ts';
import type { Organization } from './organization.ts';

export interface Alias {
  readonly name: string;
  readonly arn: string;
  /** Absent for an alias that AWS reserves for a key it has not made yet. */
  readonly keyId?: string;
  readonly createdAt: number;
}

/** One account in one Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly keys: Map<string, Key>;
  readonly aliases: Map<string, Alias>;
  /** Holds what no seed would give again. */
  changed: boolean;
}

export interface Account {
  readonly id: string;
  /** Who calls with an access key of the account itself. */
  callerArn: string;
  regions: ReadonlyMap<string, RegionOptStatus>;
  /** Regions that a service control policy denies. */
  readonly deniedRegions: ReadonlySet<string>;
  readonly state: AccountState;
  readonly roles: readonly RoleSettings[];
  readonly places: Places;
}

/** All accounts. Those of an organization come first; `home` is whose keys an unknown access key uses. */
export interface Cloud {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly home: Account;
  readonly organization: Organization | undefined;
}

/** The places of an account, each made when it is first asked for. */
export interface Places {
  get(region: string): Place;
  /** The Regions that anyone has asked for. */
  touched(): Iterable<string>;
}

export const placeIn = (account: Account, region: string): Place => account.places.get(region);

/** Partitions have their own ARN prefix (kms-facts §8). */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

export const arnOf = (place: Place, resource: string) =>
  `arn:${partitionOf(place.region)}:kms:${place.region}:${place.account}:${resource}`;

const lists = new WeakMap<ReadonlyMap<string, unknown>, readonly unknown[]>();

/** The values of a place's map in order. A Region may hold 100,000 keys: the list is made anew only after a change. */
export function listed<T>(map: ReadonlyMap<string, T>): readonly T[] {
  const known = lists.get(map);
  if (known?.length === map.size) return known as readonly T[];
  const made = [...map.values()];
  lists.set(map, made);
  return made;
}

/** Whether there was such an alias to remove. */
export function removeAlias(place: Place, name: string): boolean {
  lists.delete(place.aliases);
  return place.aliases.delete(name);
}
