import { type Cost, monthlyAfter, yearlyOf } from '../model/cost.ts';
import type { RotationPrice } from '../model/price.ts';

/** An amount as people read it: `1,234 USD`, `0.50 USD`. */
export function amountText(amount: number, currency: string): string {
  const [whole = '', cents = ''] = amount.toFixed(2).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped}${cents === '00' ? '' : `.${cents}`} ${currency}`;
}

/** What a selection adds to the bill: `nothing before the first rotation, then 3 USD a month, and 6 USD from the second on`. */
export function monthlyText(cost: Cost, price: RotationPrice): string {
  const [first, ...more] = monthlyAfter(cost, price).map((amount) => amountText(amount, price.currency));
  if (first === undefined) return 'nothing';
  const later = more.map((amount, n) => `, and ${amount} from the ${ORDINAL[n] ?? `${n + 2}th`} on`);
  const most = cost.notCounted > 0 ? 'at most ' : '';
  return `nothing before the first rotation, then ${most}${first} a month${later.join('')}`;
}

const ORDINAL = ['second', 'third'];

/** The same by year from the day on which rotation is turned on; the last year stands for each one after it. */
export function yearlyText(cost: Cost, price: RotationPrice, period: number): string {
  const years = yearlyOf(cost, price, period);
  const said = years.map((amount, year) => {
    const last = year === years.length - 1 ? ' and each after it' : '';
    return `year ${year + 1}${last}: ${amountText(amount, price.currency)}`;
  });
  return said.join('; ');
}

/** What is not certain of a cost, each in a sentence. */
export function costCaveats(cost: Cost, price: RotationPrice): string[] {
  const { perRotation, currency, rotations, asOf, source, basis } = price;
  const amount = `${amountText(perRotation, currency)} a month for each of the first ${rotations} rotations of a key`;
  return [
    basis === 'given' ? `The price was given: ${amount}.` : `Price: ${amount}, as of ${asOf} (${source}).`,
    ...(basis === 'assumed'
      ? [
          'The price is that of the partition aws; it was not verified for this partition, whose bills may differ in amount and currency.',
        ]
      : []),
    ...(cost.replicas > 0
      ? [`Replicas are priced as keys (${cost.replicas} here); that each pays for rotations too is inferred.`]
      : []),
    ...(cost.notCounted > 0
      ? [
          `Past rotations are not known of ${cost.notCounted === 1 ? '1 key' : `${cost.notCounted} keys`}; it is taken to have none, so the figures are the most that it can be.`,
        ]
      : []),
  ];
}
