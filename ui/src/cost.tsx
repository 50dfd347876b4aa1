import type { CostAnswer } from '../../src/web/shapes.ts';
import { dollars } from './words.tsx';

export const CostWords = ({ cost }: { cost: CostAnswer }) => (
  <>
    Adds {dollars(cost.afterFirst)} a month after the first rotation, {dollars(cost.afterSecond)} from the
    second on.
  </>
);
