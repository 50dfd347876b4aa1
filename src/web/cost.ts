import { addCost, type Cost, costOf, NO_COST } from '../model/cost.ts';
import { priceOfRollout } from '../model/prices.ts';
import { costCaveats, monthlyText, yearlyText } from '../report/cost-text.ts';
import type { ReviewHost } from './host.ts';
import type { CostAnswer } from './shapes.ts';

/** What rotation adds to the bill of a selection; the keys of one kind cost the same, so one of each is looked at. */
export async function costOfSelection(
  { review, store, rollout }: Pick<ReviewHost, 'review' | 'store' | 'rollout'>,
  selection: string,
): Promise<CostAnswer> {
  const price = priceOfRollout(rollout);
  let cost: Cost = NO_COST;
  for (const { keyArn, keys } of await review.selectedCosts(selection)) {
    const finding = await store.finding(rollout.id, keyArn);
    if (finding) cost = addCost(cost, times(costOf(finding, price), keys));
  }
  return {
    monthly: monthlyText(cost, price),
    yearly: yearlyText(cost, price, rollout.RotationPeriodInDays),
    caveats: costCaveats(cost, price),
  };
}

const times = (cost: ReturnType<typeof costOf>, keys: number): Cost => ({
  keys,
  priced: cost.priced * keys,
  rising: cost.rising.map((rising) => rising * keys),
  replicas: cost.replicas * keys,
  notCounted: cost.notCounted * keys,
});
