import { describeFailure, type Failure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import { type KeyMetadata, keyMetadata } from '../model/key-facts.ts';
import type { Place } from '../model/place.ts';

/** What to do about one approved key, decided on a check made right before. */
export type Step =
  | { readonly kind: 'enable'; readonly drift: readonly string[] }
  | { readonly kind: 'already-in-place'; readonly drift: readonly string[] }
  | {
      readonly kind: 'skip';
      readonly reason: string;
      readonly explanation: string;
      readonly drift: readonly string[];
    }
  | { readonly kind: 'fail'; readonly failure: Failure }
  /** Nothing can be said of this key, nor of the next ones: see `reachOf`. */
  | { readonly kind: 'stop'; readonly failure: Failure };

/** What a failure is about, if it is about more than one key. */
export type Reach = 'place' | 'account' | 'run';

/**
 * How far a failure reaches beyond its key. The Region is a matter of the place. Credentials are those of one account,
 * unless the caller's own are refused, with which the roles of all accounts are assumed.
 */
export function reachOf({ kind, operation }: Failure): Reach | undefined {
  if (operation === 'AssumeRole') return kind === 'credentials' ? 'run' : 'account';
  if (kind === 'credentials') return 'account';
  return kind === 'region-unavailable' ? 'place' : undefined;
}

/** Why nothing further is changed as far as a failure reaches, in one clause. */
export function explainStop(failure: Failure, { region }: Pick<Place, 'region'>): string {
  const { kind, operation, code } = failure;
  if (kind === 'region-unavailable' && operation !== 'AssumeRole')
    return `${region} does not accept the credentials (${operation}: ${code}): the Region is probably not enabled for the account`;
  return kind === 'credentials'
    ? `AWS no longer accepts the credentials (${operation}: ${code})`
    : `the account cannot be reached: ${describeFailure(failure)}`;
}

/**
 * Compares a key as it was approved with the same key as it is now. Only a key that is still a candidate is changed;
 * anything else that differs is noted, and does not matter.
 */
export function decideStep(approved: Finding, fresh: Finding): Step {
  const failure = fresh.kind === 'unknown' ? fresh.gaps[0] : undefined;
  if (failure && reachOf(failure) !== undefined) return { kind: 'stop', failure };
  if (failure?.kind === 'not-found') return GONE;
  if (failure) return { kind: 'fail', failure };
  const drift = driftBetween(approved, fresh);
  if (fresh.kind === 'candidate') return { kind: 'enable', drift };
  if (fresh.kind === 'enabled') return { kind: 'already-in-place', drift };
  return { kind: 'skip', reason: fresh.reason ?? fresh.kind, explanation: fresh.explanation, drift };
}

/** The key was asked for several times: a key that is found late would have been found (kms-facts §13.4). */
const GONE: Step = {
  kind: 'skip',
  reason: 'disappeared',
  explanation: 'KMS no longer finds the key.',
  drift: [],
};

const METADATA_FIELDS = Object.keys(keyMetadata.shape) as (keyof KeyMetadata)[];

/** Names of the DescribeKey fields that are not as they were approved. */
function driftBetween(approved: Finding, fresh: Finding): string[] {
  if (fresh.kind === 'unknown') return [];
  return METADATA_FIELDS.filter((field) => JSON.stringify(approved[field]) !== JSON.stringify(fresh[field]));
}
