import type { RegionOptStatus } from '../settings/names.ts';
import type { Key } from './key.ts';

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
}

export interface Account {
  readonly id: string;
  callerArn: string;
  regions: ReadonlyMap<string, RegionOptStatus>;
  readonly places: Map<string, Place>;
}

/** All accounts; today there is one. */
export interface Cloud {
  readonly accounts: Map<string, Account>;
}

/** The place of a Region; a Region where nothing was ever made has an empty one. */
export function placeIn(account: Account, region: string): Place {
  const known = account.places.get(region);
  if (known) return known;
  const place: Place = { account: account.id, region, keys: new Map(), aliases: new Map() };
  account.places.set(region, place);
  return place;
}

export function* keysOf(cloud: Cloud): Generator<Key> {
  for (const account of cloud.accounts.values()) {
    for (const place of account.places.values()) yield* place.keys.values();
  }
}

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
