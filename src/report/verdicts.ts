import type { Verdict } from '../model/verdict.ts';
import type { RolloutRecord } from './record.ts';

/** The verdicts on changes that stand: one on a change whose outcome has become another says nothing any more. */
export function verdictsInForce({
  outcomes,
  verdicts,
}: Pick<RolloutRecord, 'outcomes' | 'verdicts'>): Verdict[] {
  const enabled = new Set(outcomes.flatMap(({ outcome, keyArn }) => (outcome === 'enabled' ? [keyArn] : [])));
  return verdicts.filter(({ keyArn }) => enabled.has(keyArn));
}
