import type { OutcomeTotals } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Aws } from '../ports.ts';
import { type ValidateHost, validate } from '../validate/validate.ts';
import { type ConfigureRequest, type ConfigureResult, configure } from './configure.ts';

export interface WavesHost extends ValidateHost {
  /** Reads with the role for reading; `aws` changes with the one for changes. */
  readonly reading: Aws;
}

export interface WavesResult {
  readonly totals: OutcomeTotals;
  readonly wavesDone: number;
  /** Why no further wave was begun, where something was not as expected. */
  readonly stopped?: string;
}

/**
 * Makes the approved changes in waves, each validated before the next is begun; stops before the next where something
 * is not as expected. The bounds of the request hold over all waves together.
 * @param sizes changes a wave; Infinity for all that is left
 */
export async function configureInWaves(
  host: WavesHost,
  rollout: AssessedRollout,
  request: ConfigureRequest,
  sizes: readonly number[],
  waitMs: number,
): Promise<WavesResult> {
  let { limit, maxFailures } = request;
  let wavesDone = 0;
  for (;;) {
    const size = sizes[wavesDone] ?? 0;
    const limitName = size < limit ? `wave ${wavesDone + 1} of ${sizes.length}` : `--limit ${request.limit}`;
    const wave = { ...request, limit: Math.min(size, limit), limitName, maxFailures };
    const { totals, spent } = await configure(host, rollout, wave);
    wavesDone += 1;
    limit -= spent.changes;
    maxFailures -= spent.failures;
    const wrong = await whatIsWrong(host, rollout, { totals, spent }, waitMs);
    const isLast =
      totals.pending + totals.unsettled === 0 ||
      spent.changes === 0 ||
      wavesDone === sizes.length ||
      limit <= 0;
    if (isLast || wrong !== undefined) {
      return { totals, wavesDone, ...(wrong !== undefined && !isLast && { stopped: wrong }) };
    }
  }
}

async function whatIsWrong(
  host: WavesHost,
  rollout: AssessedRollout,
  { spent }: ConfigureResult,
  waitMs: number,
): Promise<string | undefined> {
  const { totals } = await validate({ ...host, aws: host.reading }, rollout, waitMs, 'unconfirmed');
  const { discrepant, unreadable } = totals;
  if (spent.failures > 0) return `${spent.failures} changes failed`;
  return discrepant + unreadable > 0 ? `${discrepant} discrepant, ${unreadable} unreadable` : undefined;
}
