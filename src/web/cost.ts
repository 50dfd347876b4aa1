import type { CostAnswer } from './shapes.ts';

/** US dollars a month for each of the first two rotations of a key. */
const A_VERSION = 1;

export function costOf(keys: number): CostAnswer {
  return { currency: 'USD', afterFirst: keys * A_VERSION, afterSecond: keys * 2 * A_VERSION };
}
