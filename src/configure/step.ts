import type { Failure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import { type KeyMetadata, keyMetadata } from '../model/key-facts.ts';

/** What to do about one approved key, decided on a check made right before. */
export type Step =
  | { readonly kind: 'enable'; readonly drift: readonly string[] }
  | { readonly kind: 'already-enabled'; readonly drift: readonly string[] }
  | {
      readonly kind: 'skip';
      readonly reason: string;
      readonly explanation: string;
      readonly drift: readonly string[];
    }
  | { readonly kind: 'fail'; readonly failure: Failure }
  /** The credentials failed, so nothing can be said of this key nor of the next. */
  | { readonly kind: 'stop'; readonly failure: Failure };

/**
 * Compares a key as it was approved with the same key as it is now. Only a key that is still a candidate is changed;
 * anything else that differs is noted, and does not matter.
 */
export function decideStep(approved: Finding, fresh: Finding): Step {
  const failure = fresh.finding === 'unknown' ? fresh.gaps[0] : undefined;
  if (failure?.kind === 'credentials') return { kind: 'stop', failure };
  if (failure && fresh.reason !== 'disappeared') return { kind: 'fail', failure };
  const drift = driftBetween(approved, fresh);
  if (fresh.finding === 'candidate') return { kind: 'enable', drift };
  if (fresh.finding === 'enabled') return { kind: 'already-enabled', drift };
  return { kind: 'skip', reason: fresh.reason ?? fresh.finding, explanation: fresh.explanation, drift };
}

const METADATA_FIELDS = Object.keys(keyMetadata.shape) as (keyof KeyMetadata)[];

/** Names of the DescribeKey fields that are not as they were approved. */
function driftBetween(approved: Finding, fresh: Finding): string[] {
  if (fresh.finding === 'unknown') return [];
  return METADATA_FIELDS.filter((field) => JSON.stringify(approved[field]) !== JSON.stringify(fresh[field]));
}
