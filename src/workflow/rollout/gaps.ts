import { type GapCount, openGapTally } from '../../model/gap.ts';
import type { Store } from '../ports.ts';

/** Counts the reads that failed on keys which could be judged all the same. */
export async function countGaps(store: Store, rollout: string): Promise<GapCount[]> {
  const tally = openGapTally();
  for await (const finding of store.findings(rollout)) tally.add(finding);
  return tally.counts();
}
