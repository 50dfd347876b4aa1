import type { DecisionKind, DecisionTotals } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { NextStep } from '../model/next-step.ts';
import type { OutcomeTotals } from '../model/outcome.ts';
import type { RolloutPhase } from '../model/phase.ts';
import type { Counts } from '../model/plan.ts';
import type { ReviewGroup, ReviewPage, ReviewRow } from '../model/review.ts';
import type { VerdictTotals } from '../model/verdict.ts';

/** What the server answers, for itself and for the page. */

export interface Overview {
  readonly status: LiveStatus;
  readonly planDigest: string;
  readonly RotationPeriodInDays: number;
  readonly assessedAt: string;
  readonly keyturnVersion: string;
  readonly readOnly: boolean;
  /** Who is recorded as having submitted what is decided here. */
  readonly submitter?: string;
  /** Whether approvals are signed. */
  readonly signed: boolean;
  /** Only findings that this is true of are shown and can be decided on. */
  readonly filter?: string;
  readonly counts: Counts;
  /** What could not be listed, in words; empty if everything was. */
  readonly notSeen: string;
  /** How many entries `unreachable` would have if it were whole. */
  readonly unreachableTotal: number;
  /** Candidates whose key policy refuses the change, or may. */
  readonly refusals: { readonly refused: number; readonly conditional: number };
  readonly unreachable: readonly { account: string; region: string; reason: string }[];
}

/** Where the rollout stands this moment. */
export interface LiveStatus {
  readonly rollout: string;
  readonly phase: RolloutPhase;
  readonly candidate: number;
  readonly decisions: DecisionTotals;
  readonly outcomes: OutcomeTotals;
  readonly verdicts: VerdictTotals;
  /** The step that leads on, and the whole command for it, to paste. */
  readonly next: NextStep;
  readonly nextCommand: string;
}

export interface ListedKey extends ReviewRow {
  /** When the key was last used, in words. */
  readonly lastUse: string;
  /** What rotation adds a month, with its currency; empty for what is no candidate. */
  readonly addsAMonth: string;
}

export interface FindingsAnswer extends Omit<ReviewPage, 'rows'> {
  readonly findings: readonly ListedKey[];
  readonly page: number;
  readonly size: number;
}

export interface GroupsAnswer {
  readonly by: string;
  readonly groups: readonly ReviewGroup[];
}

export interface SelectionAnswer {
  readonly selection: string;
  readonly keys: number;
  readonly accounts: number;
  readonly regions: number;
  readonly cost: CostAnswer;
}

/** What rotation adds to the bill of the selected keys, in sentences. */
export interface CostAnswer {
  readonly monthly: string;
  readonly yearly: string;
  /** What is not certain of it. */
  readonly caveats: readonly string[];
}

/** All that is known of one key: the record, and what follows from it in words. */
export interface FindingAnswer {
  readonly finding: Finding;
  readonly facts: readonly { readonly label: string; readonly text: string }[];
}

/** What exactly would be recorded, and what has to be said to record it. */
export interface ConfirmationAnswer {
  readonly confirmation: string;
  readonly decision: DecisionKind;
  readonly reason?: string;
  readonly keys: number;
  /** Milliseconds that an approval holds from when it is recorded. */
  readonly lifeMs: number;
  readonly planDigest: string;
  /** SHA-256 over the ARNs of the keys, each with a newline, in their order. */
  readonly listDigest: string;
  readonly places: readonly { account: string; region: string; keys: number }[];
  /** Keys of the list by the decision that is in force on them now. */
  readonly replaces: readonly { decision: string; keys: number }[];
  /** Keys of the list that belong to a CloudFormation stack. */
  readonly inStacks: number;
  /** Keys of the list whose key policy refuses the change, or may. */
  readonly refusals: { readonly refused: number; readonly conditional: number };
  readonly cost: CostAnswer;
  /** Until when this can be confirmed. */
  readonly until: string;
}

export interface RecordedAnswer {
  readonly approval: string;
  /** Approved here and declined by somebody else: these stay declined. */
  readonly blocked: number;
  readonly keys: number;
  readonly decision: DecisionKind;
  readonly totals: DecisionTotals;
}

/** What a page is told of an error: never how the inside looks. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly fix: string;
    readonly problems?: readonly string[];
  };
}
