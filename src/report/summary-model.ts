import type { OutcomeTotals } from '../model/outcome.ts';
import type { RolloutPhase } from '../model/phase.ts';
import type { Counts, PlaceCounts, Scope, UnreachablePlace } from '../model/plan.ts';

export interface DecisionCounts {
  readonly approved: number;
  readonly declined: number;
  readonly deferred: number;
  readonly undecided: number;
}

/** One approval as it was submitted; a later one can have taken the place of some of its decisions. */
export interface ApprovalSummary {
  readonly id: string;
  readonly at: string;
  readonly expiresAt: string;
  readonly approver: string;
  /** As AWS knows the submitter; absent where the approval was made without AWS, and brought in by somebody else. */
  readonly callerArn?: string;
  readonly account?: string;
  readonly osUser: string;
  readonly host: string;
  readonly importedBy?: string;
  readonly importedAt?: string;
  readonly source: string;
  readonly reason?: string;
  readonly planDigest: string;
  readonly approved: number;
  readonly declined: number;
  readonly deferred: number;
}

/** `requested = confirmed + discrepant + unreadable + notYetValidated + all of notChanged`. */
export interface ValidationCounts {
  readonly requested: number;
  readonly confirmed: number;
  readonly discrepant: number;
  readonly unreadable: number;
  /** Enabled, and not read back so far. */
  readonly notYetValidated: number;
  /** Approved keys that Keyturn did not change, and why: nothing of it to validate. */
  readonly notChanged: Omit<OutcomeTotals, 'applied'>;
}

/** One rollout in numbers, at any stage of it. */
export interface RolloutSummary {
  readonly schema: 'keyturn/summary/v1';
  readonly rollout: string;
  readonly phase: RolloutPhase;
  readonly keyturnVersion: string;
  readonly callerArn: string;
  readonly scope: Scope;
  /** Enabled Regions that are not in scope; `null` where AWS did not say which are enabled. */
  readonly regionsLeftOut: readonly string[] | null;
  readonly RotationPeriodInDays: number;
  readonly times: RolloutTimes;
  readonly planDigest: string | null;
  readonly totals: Counts;
  /** Whether every listed key is accounted for, in every place. */
  readonly reconciled: boolean;
  readonly ineligible: readonly { reason: string; basis: 'type' | 'state'; count: number }[];
  readonly unknown: readonly { reason: string; count: number }[];
  readonly rotationAmongStateIneligible: { on: number; off: number; unreadable: number; notRead: number };
  readonly replicasWithPrimaryOutsideScope: { count: number; regionsToAdd: readonly string[] };
  /** Candidates whose key policy refuses the change to whoever is to configure, or may. */
  readonly keyPolicyRefusals: { readonly refused: number; readonly conditional: number };
  readonly places: readonly PlaceCounts[];
  readonly unreachable: readonly UnreachablePlace[];
  readonly decisions: DecisionCounts;
  readonly approvedBy: readonly ApprovalSummary[];
  readonly outcomes: OutcomeTotals;
  /** Null until validation has read a key back. */
  readonly validation: ValidationCounts | null;
  /** Equations that should hold and do not: a defect or a damaged record, never normal. */
  readonly mismatches: readonly Mismatch[];
}

export interface RolloutTimes {
  readonly createdAt: string;
  readonly assessedAt: string | null;
  readonly firstReadAt: string | null;
  readonly lastReadAt: string | null;
  readonly firstApprovedAt: string | null;
  readonly lastApprovedAt: string | null;
  readonly firstChangedAt: string | null;
  readonly lastChangedAt: string | null;
  readonly firstValidatedAt: string | null;
  readonly lastValidatedAt: string | null;
}

/** An equation that should hold and does not, with what each side came to. */
export interface Mismatch {
  readonly equation: string;
  readonly left: number;
  readonly right: number;
}
