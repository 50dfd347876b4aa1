import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCost, costOf, monthlyAfter, NO_COST, openTally, yearlyOf } from '../../src/model/cost.ts';
import { priceOf } from '../../src/model/prices.ts';
import { costCaveats, monthlyText, yearlyText } from '../../src/report/cost-text.ts';
import { candidateOf } from '../report/fixture.ts';

const PRICE = priceOf('aws');

const primary = (replicas: number, pastRotations?: number) =>
  candidateOf(1, {
    ...(pastRotations !== undefined && { pastRotations }),
    MultiRegionConfiguration: {
      MultiRegionKeyType: 'PRIMARY',
      ReplicaKeys: Array.from({ length: replicas }, (_, n) => ({ Arn: `arn-${n}`, Region: `region-${n}` })),
    },
  });

const totalOf = (...findings: ReturnType<typeof candidateOf>[]) => {
  const tally = openTally();
  for (const finding of findings) tally.add(finding.account, costOf(finding, PRICE));
  return tally.total();
};

describe('what rotating a key costs', () => {
  it.each([
    [0, [1, 2]],
    [1, [1, 1]],
    [2, [0, 0]],
    [25, [0, 0]],
  ])('after %i past rotations adds %j a month from the first and the second rotation on', (past, added) => {
    expect(monthlyAfter(costOf(candidateOf(1, { pastRotations: past }), PRICE), PRICE)).toEqual(added);
  });

  it('is paid by each replica too', () => {
    expect(monthlyAfter(costOf(primary(2, 1), PRICE), PRICE)).toEqual([3, 3]);
    expect(costOf(primary(2, 1), PRICE)).toMatchObject({ priced: 3, replicas: 2 });
  });

  it('is the most that it can be where past rotations are not known, and says so', () => {
    const cost = totalOf(candidateOf(1));
    expect(monthlyAfter(cost, PRICE)).toEqual([1, 2]);
    expect(cost.notCounted).toBe(1);
    expect(monthlyText(cost, PRICE)).toContain('at most');
    expect(costCaveats(cost, PRICE).join()).toContain('not known of 1 key');
  });

  it('by year is nothing before the first rotation, and a part of the year in which it falls', () => {
    const cost = totalOf(candidateOf(1, { pastRotations: 0 }));
    expect(yearlyOf(cost, PRICE, 365)).toEqual([0, 12, 24]);
    expect(yearlyOf(cost, PRICE, 730)).toEqual([0, 0, 12, 12, 24]);
    const [first = 0, second = 0] = yearlyOf(cost, PRICE, 90);
    expect(first).toBeCloseTo((12 * (275 + 185)) / 365);
    expect(second).toBe(24);
    expect(yearlyText(cost, PRICE, 365)).toBe(
      'year 1: 0 USD; year 2: 12 USD; year 3 and each after it: 24 USD',
    );
  });

  it('adds up in any order, by account and in all', () => {
    const key = fc.record({
      account: fc.constantFrom('111122223333', '444455556666'),
      past: fc.option(fc.nat(3), { nil: undefined }),
      replicas: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(key), fc.integer({ min: 90, max: 2560 }), (keys, period) => {
        const tally = openTally();
        for (const { account, past, replicas } of keys)
          tally.add(account, costOf(primary(replicas, past), PRICE));
        const total = tally.total();
        expect(
          tally
            .byAccount()
            .map(({ cost }) => cost)
            .reduce(addCost, NO_COST),
        ).toEqual(total);
        expect(total.keys).toBe(keys.length);
        const monthly = monthlyAfter(total, PRICE);
        expect(monthly.at(-1) ?? 0).toBeLessThanOrEqual(2 * total.priced);
        const years = yearlyOf(total, PRICE, period);
        expect(years.at(-1)).toBeCloseTo(12 * (monthly.at(-1) ?? 0));
        expect(years.every((amount, n) => amount >= (years[n - 1] ?? 0) - 1e-9)).toBe(true);
      }),
    );
  });
});

describe('prices', () => {
  it('of another partition are marked as assumed, and a given one replaces them', () => {
    expect(priceOf('aws').basis).toBe('published');
    for (const partition of ['aws-cn', 'aws-us-gov', 'constructor']) {
      const price = priceOf(partition);
      expect(price.basis).toBe('assumed');
      expect(costCaveats(totalOf(candidateOf(1)), price).join()).toContain('not verified');
    }
    expect(priceOf('aws-cn', { perRotation: 6.5, currency: 'CNY' })).toMatchObject({
      perRotation: 6.5,
      currency: 'CNY',
      basis: 'given',
    });
  });
});
