import { nameOfPlace, type Place } from '../model/place.ts';
import { EVERY_REGION, type Scope, type UnreachablePlace } from '../model/plan.ts';

/** How much of a scope was really looked at. */
export interface Coverage {
  readonly accounts: { readonly seen: number; readonly inScope: number };
  readonly regions: { readonly seen: number; readonly inScope: number };
  /** Places whose keys were listed. */
  readonly places: number;
  /** Accounts that could not be reached at all. */
  readonly unseenAccounts: number;
  /** Places in other accounts that could not be listed. */
  readonly unseenPlaces: number;
  /** Places that were listed, but not for sure as a whole. */
  readonly doubtfulPlaces: number;
}

/** Counts what was looked at and what was not, from the places that were listed and those with a reason against it. */
export function coverageOf(
  { accounts, regions }: Pick<Scope, 'accounts' | 'regions'>,
  places: readonly Place[],
  unreachable: readonly UnreachablePlace[],
): Coverage {
  const listed = new Set(places.map(nameOfPlace));
  const seenAccounts = new Set(places.map(({ account }) => account));
  const seenRegions = new Set(places.map(({ region }) => region));
  const doubtful = unreachable.filter((place) => listed.has(nameOfPlace(place)));
  const unseen = unreachable.filter((place) => !listed.has(nameOfPlace(place)));
  const whole = unseen.filter(({ region }) => region === EVERY_REGION);
  return {
    accounts: { seen: seenAccounts.size, inScope: new Set([...accounts, ...seenAccounts]).size },
    regions: { seen: seenRegions.size, inScope: new Set([...regions, ...seenRegions]).size },
    places: places.length,
    unseenAccounts: whole.length,
    unseenPlaces: unseen.length - whole.length,
    doubtfulPlaces: doubtful.length,
  };
}

/** `1 of 241 accounts`, or `3 accounts` if all were seen. */
export const seenText = (
  { seen, inScope }: { readonly seen: number; readonly inScope: number },
  word: string,
): string => (seen === inScope ? counted(inScope, word) : `${grouped(seen)} of ${counted(inScope, word)}`);

/** `240 accounts and 1 place could not be listed; 2 places could not be fully listed`; empty if all was listed. */
export function notSeenText({ unseenAccounts, unseenPlaces, doubtfulPlaces }: Coverage): string {
  const unseen = [
    ...(unseenAccounts > 0 ? [counted(unseenAccounts, 'account')] : []),
    ...(unseenPlaces > 0 ? [counted(unseenPlaces, 'place')] : []),
  ];
  return [
    ...(unseen.length > 0 ? [`${unseen.join(' and ')} could not be listed`] : []),
    ...(doubtfulPlaces > 0 ? [`${counted(doubtfulPlaces, 'place')} could not be fully listed`] : []),
  ].join('; ');
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const counted = (value: number, word: string): string => `${grouped(value)} ${word}${value === 1 ? '' : 's'}`;
