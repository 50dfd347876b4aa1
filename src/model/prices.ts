import type { RotationPrice } from './price.ts';
import type { Rollout } from './rollout.ts';

/** The cap is AWS's own statement; the amount is quoted from AWS's pricing page by others (kms-facts §5). */
const PUBLISHED: RotationPrice = {
  perRotation: 1,
  currency: 'USD',
  rotations: 2,
  asOf: '2026-11-22',
  source: 'AWS KMS pricing page, and the developer guide on rotating keys',
  basis: 'published',
};

/** Partitions without an entry (China, GovCloud and others) were not verified: China bills in CNY. */
const PRICES: ReadonlyMap<string, RotationPrice> = new Map([['aws', PUBLISHED]]);

/** What is given in place of a price of AWS's: an amount a month, and its currency where that is not USD. */
export interface GivenPrice {
  readonly perRotation: number;
  readonly currency?: string;
}

/** The price of a partition: the one that was given, the one that AWS publishes, or that of `aws`, marked as assumed. */
export function priceOf(partition: string, given?: GivenPrice): RotationPrice {
  if (given) {
    const { perRotation, currency = PUBLISHED.currency } = given;
    const { rotations } = PUBLISHED;
    return { perRotation, currency, rotations, source: 'given when assessed', basis: 'given' };
  }
  return PRICES.get(partition) ?? { ...PUBLISHED, basis: 'assumed' };
}

/** The price that a rollout began with; one that an earlier Keyturn began has that of its partition. */
export const priceOfRollout = ({ price, scope }: Pick<Rollout, 'price' | 'scope'>): RotationPrice =>
  price ?? priceOf(scope.partition);
