import { nameApprover } from '../evidence/trust.ts';
import { priceOfRollout } from '../model/prices.ts';
import type { ReviewRow } from '../model/review.ts';
import { addedText, lastUseText } from '../report/profile.ts';
import type { ReviewHost } from './host.ts';
import type { ListedKey } from './shapes.ts';

/** Rows of one page with what follows from the whole finding: when it was last used, and what rotation adds a month. */
export async function describeRows(
  { store, rollout, approvers }: Pick<ReviewHost, 'store' | 'rollout' | 'approvers'>,
  rows: readonly ReviewRow[],
): Promise<ListedKey[]> {
  const price = priceOfRollout(rollout);
  const described: ListedKey[] = [];
  for (const row of rows) {
    const finding = await store.finding(rollout.id, row.keyArn);
    const isPriced = finding?.kind === 'candidate';
    described.push({
      ...row,
      approver: nameApprover(approvers, row.approver),
      lastUse: (finding && lastUseText(finding)) || 'not asked',
      addsAMonth: isPriced ? `${addedText(finding, price)} ${price.currency}` : '',
    });
  }
  return described;
}
