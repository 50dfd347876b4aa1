import { familyOf } from './family.ts';
import type { Finding } from './finding.ts';
import type { RotationPrice } from './price.ts';

/** What is certain and what is not about the cost of rotating one key; counts, so that they add up and take away. */
export interface KeyCost {
  /** Keys that AWS prices: the key and its replicas (kms-facts §5). */
  readonly priced: number;
  /** Of them, those that the n-th rotation makes dearer, `rising[0]` being the first rotation. */
  readonly rising: readonly number[];
  /** Of the priced, replicas: that each pays the surcharge is inferred. */
  readonly replicas: number;
  /** 1 where past rotations are not known, and all rotations are taken to be still to pay: the most that it can be. */
  readonly notCounted: number;
}

/**
 * What turning rotation on adds to the bill of a key and its replicas. Past rotations, automatic or on demand, count:
 * those that have been paid for are not paid for again.
 */
export function costOf(finding: Finding, { rotations }: Pick<RotationPrice, 'rotations'>): KeyCost {
  const replicas = familyOf(finding)?.replicas.length ?? 0;
  const priced = 1 + replicas;
  const toCome = Math.max(0, rotations - (finding.pastRotations ?? 0));
  return {
    priced,
    rising: Array.from({ length: rotations }, (_, n) => (n < toCome ? priced : 0)),
    replicas,
    notCounted: finding.pastRotations === undefined ? 1 : 0,
  };
}

/** The cost of a selection of keys: of any size, since only counts are held. */
export interface Cost extends KeyCost {
  readonly keys: number;
}

export interface CostTally {
  /** @param account of the key */
  add(account: string, cost: KeyCost): void;
  readonly total: () => Cost;
  /** In the order of accounts. */
  readonly byAccount: () => readonly { readonly account: string; readonly cost: Cost }[];
}

/** Adds keys up one by one; holds one entry an account. */
export function openTally(): CostTally {
  const accounts = new Map<string, Cost>();
  return {
    add: (account, cost) => {
      accounts.set(account, addCost(accounts.get(account) ?? NO_COST, { ...cost, keys: 1 }));
    },
    total: () => [...accounts.values()].reduce(addCost, NO_COST),
    byAccount: () =>
      [...accounts]
        .map(([account, cost]) => ({ account, cost }))
        .sort((a, b) => (a.account < b.account ? -1 : 1)),
  };
}

export const NO_COST: Cost = { keys: 0, priced: 0, rising: [], replicas: 0, notCounted: 0 };

export function addCost(one: Cost, other: Cost): Cost {
  const longer = one.rising.length > other.rising.length ? one.rising : other.rising;
  return {
    keys: one.keys + other.keys,
    priced: one.priced + other.priced,
    rising: longer.map((_, n) => (one.rising[n] ?? 0) + (other.rising[n] ?? 0)),
    replicas: one.replicas + other.replicas,
    notCounted: one.notCounted + other.notCounted,
  };
}

/** What is added a month once the n-th rotation has happened, from the first on; the last is for good. */
export function monthlyAfter({ rising }: KeyCost, { perRotation }: RotationPrice): number[] {
  let sum = 0;
  return rising.map((keys) => {
    sum += keys * perRotation;
    return sum;
  });
}

const DAYS_A_YEAR = 365;
const MONTHS_A_YEAR = 12;

/**
 * What is added in each year from the day that rotation is turned on: nothing before the first rotation, one period
 * later (kms-facts §4). The last year stands for each one after it. AWS prices by the hour, so a year counts by its part.
 * @param period days between rotations
 */
export function yearlyOf({ rising }: KeyCost, { perRotation }: RotationPrice, period: number): number[] {
  const years = Math.ceil((rising.length * period) / DAYS_A_YEAR) + 1;
  return Array.from({ length: years }, (_, year) =>
    rising.reduce((sum, keys, n) => {
      const share = year + 1 - ((n + 1) * period) / DAYS_A_YEAR;
      return sum + keys * perRotation * MONTHS_A_YEAR * Math.min(1, Math.max(0, share));
    }, 0),
  );
}
