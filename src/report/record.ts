import type { Approval, DecidedKey } from '../model/approval.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { PlaceCounts, UnreachablePlace } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';

/**
 * Everything that is known of one rollout, at any stage of it. Findings and decisions can be many and are streamed,
 * each time afresh, in the order of ARNs; the rest is bounded by what was approved.
 */
export interface RolloutRecord {
  readonly rollout: Rollout;
  readonly places: readonly PlaceCounts[];
  readonly unreachable: readonly UnreachablePlace[];
  readonly approvals: readonly Approval[];
  /** One for each approved key, `pending` where nothing has ended. */
  readonly outcomes: readonly Outcome[];
  /** One for each change that validation has read back so far. */
  readonly verdicts: readonly Verdict[];
  findings(filter?: { finding?: FindingKind }): AsyncIterable<Finding>;
  decisions(): AsyncIterable<DecidedKey>;
}
