import type { OutcomeTotals } from './outcome.ts';

/** How all listed keys divide up at one time. */
export interface PostureCounts {
  /** On by the last word of AWS: found on, or turned on and read back as expected. */
  readonly on: number;
  /** Turned on, and not (or not as expected) read back. */
  readonly changed: number;
  readonly off: number;
  /** The type supports rotation, the present state rules out a change. */
  readonly blocked: number;
  readonly unsupported: number;
  readonly unknown: number;
}

export interface PostureFacts {
  readonly candidate: number;
  readonly enabled: number;
  /** Ineligible by state. */
  readonly blocked: number;
  /** Ineligible by type. */
  readonly unsupported: number;
  readonly unknown: number;
  readonly outcomes: OutcomeTotals;
  /** Changes that were read back as expected. */
  readonly confirmed: number;
}

/** The posture when assessed and now: the one place where a key is counted as on or off. */
export function countPosture(facts: PostureFacts): { before: PostureCounts; now: PostureCounts } {
  const { candidate, enabled, blocked, unsupported, unknown, outcomes, confirmed } = facts;
  const found = outcomes['already-in-place'];
  const rest = { blocked, unsupported, unknown };
  return {
    before: { on: enabled, changed: 0, off: candidate, ...rest },
    now: {
      on: enabled + found + confirmed,
      changed: outcomes.applied - confirmed,
      off: candidate - found - outcomes.applied,
      ...rest,
    },
  };
}

/** Whether any key has become on since it was assessed. */
export const hasChanged = ({ applied, 'already-in-place': found }: OutcomeTotals): boolean =>
  applied + found > 0;
