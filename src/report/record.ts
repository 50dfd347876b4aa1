import type { ApprovalHeader, DecidedKey, SubmittedDecision } from '../model/approval.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import type { Outcome, OutcomeKind } from '../model/outcome.ts';
import type { PlaceCounts, UnreachablePlace } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict, VerdictKind } from '../model/verdict.ts';

/**
 * Everything that is known of one rollout, at any stage of it. What there can be one of for each key is streamed, each
 * time afresh, in the order of ARNs; the rest is bounded by places and approvals.
 */
export interface RolloutRecord {
  readonly rollout: Rollout;
  readonly places: readonly PlaceCounts[];
  readonly unreachable: readonly UnreachablePlace[];
  readonly approvals: readonly ApprovalHeader[];
  /** The primary aliases of some keys, by ARN; keys without one are left out. */
  aliases(keyArns: readonly string[]): Promise<ReadonlyMap<string, string>>;
  findings(filter?: { kind?: FindingKind }): AsyncIterable<Finding>;
  decisions(): AsyncIterable<DecidedKey>;
  /** What one approval decided, in the order in which it was submitted. */
  submittedDecisions(approval: string): AsyncIterable<SubmittedDecision>;
  /** One for each approved key, `pending` where nothing has ended. */
  outcomes(filter?: OutcomeFilter): AsyncIterable<Outcome>;
  /** One for each change that validation has read back so far and that still stands. */
  verdicts(filter?: { kind?: VerdictKind }): AsyncIterable<Verdict>;
}

export interface OutcomeFilter {
  readonly outcomes?: readonly OutcomeKind[];
  /** The verdict in force on them. */
  readonly verdicts?: readonly (VerdictKind | 'none')[];
}
