import type { OutcomeKind } from './outcome.ts';

/** The last phase that is complete; `assessing` until the plan has its digest. */
export type RolloutPhase = 'assessing' | 'assessed' | 'approved' | 'configured' | 'validated';

export interface Progress {
  readonly planDigest: string | undefined;
  /** Whether anybody has decided anything. */
  readonly decided: boolean;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  /** Changes that have a verdict. */
  readonly judged: number;
}

export function phaseReached({ planDigest, decided, outcomes, judged }: Progress): RolloutPhase {
  if (planDigest === undefined) return 'assessing';
  if (!decided) return 'assessed';
  const { pending, unsettled, applied } = outcomes;
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0) - pending - unsettled;
  if (ended === 0 || pending + unsettled > 0) return 'approved';
  return judged > 0 && judged === applied ? 'validated' : 'configured';
}
