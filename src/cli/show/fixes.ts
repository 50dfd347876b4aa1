import { adviseFailure } from '../../model/advice.ts';
import type { Failure } from '../../model/failure.ts';
import type { Place } from '../../model/place.ts';
import { forTerminal } from '../../report/escape.ts';

/** A key whose change or reading failed. */
type FailedKey = Place & { readonly error?: Failure | undefined };

const MAX_FIXES = 10;

/**
 * What a person can do about keys that failed, each advice once with the number of keys that it is for.
 * @returns lines that end in a newline; none if there is no advice
 */
export async function fixLines(keys: AsyncIterable<FailedKey>): Promise<string[]> {
  const keysOf = new Map<string, number>();
  for await (const { account, region, error } of keys) {
    const advice = error && adviseFailure(error, { account, region });
    if (advice !== undefined) keysOf.set(advice, (keysOf.get(advice) ?? 0) + 1);
  }
  const sorted = [...keysOf].sort(([, a], [, b]) => b - a);
  const lines = sorted.slice(0, MAX_FIXES).map(([advice, keys]) => {
    return `→ ${forTerminal(advice)} (${keys === 1 ? '1 key' : `${keys} keys`})\n`;
  });
  return sorted.length > MAX_FIXES ? [...lines, `… and ${sorted.length - MAX_FIXES} more\n`] : lines;
}
