import type { FailureKind } from './failure.ts';
import type { Finding } from './finding.ts';

/** A read that failed on keys of which something could be said all the same: a tag, an alias, a policy. */
export interface GapCount {
  readonly operation: string;
  readonly kind: FailureKind;
  readonly code: string;
  readonly keys: number;
}

/** Counts the gaps of findings, by operation and error. */
export function openGapTally() {
  const counts = new Map<string, GapCount>();
  return {
    add: ({ kind, gaps }: Pick<Finding, 'kind' | 'gaps'>): void => {
      if (kind === 'unknown') return;
      for (const { operation, kind, code } of gaps) {
        const id = JSON.stringify([operation, kind, code]);
        counts.set(id, { operation, kind, code, keys: (counts.get(id)?.keys ?? 0) + 1 });
      }
    },
    /** By operation, then by error. */
    counts: (): GapCount[] =>
      [...counts.values()].sort((a, b) => order(a.operation, b.operation) || order(a.code, b.code)),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What AWS refuses or does not support stays so; all else leaves the assessment incomplete. */
export const isUnanswered = ({ kind }: Pick<GapCount, 'kind'>): boolean =>
  kind !== 'access-denied' && kind !== 'unsupported';
