import type { KeyObject } from 'node:crypto';
import type { TrustedKey } from '../evidence/trust.ts';
import type { DecisionKind, Submitter } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { NextStep } from '../model/next-step.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { Clock, Review, Store } from '../workflow/ports.ts';

/** Why the server ends. */
export type EndReason = 'done' | 'idle' | 'interrupted';

/** What the server works with; the command line hands it in. */
export interface ReviewHost {
  readonly store: Store;
  /** The store once more, to read a report at one time while this one goes on writing. */
  readonly openAgain: () => Promise<Store>;
  readonly rollout: AssessedRollout;
  readonly review: Review;
  readonly isShown: (finding: Finding) => boolean;
  readonly clock: Clock;
  /** Host and port, as they stand in Host. */
  readonly address: string;
  readonly version: string;
  /** Absent where nothing may be decided. */
  readonly approver?: Approver;
  /** Keys that are trusted as approvers'; if there is one, others that signed are marked. */
  readonly approvers: readonly TrustedKey[];
  readonly assets: ReadonlyMap<string, Asset>;
  /** The whole command for a step, as a person can paste it. */
  readonly commandFor: (next: NextStep) => string;
  readonly newSecret: () => string;
  readonly newApprovalId: () => string;
  /** Hears of failures that nobody expected. */
  readonly report: (thrown: unknown) => void;
  /** Ends the server. */
  readonly end: (reason: EndReason) => void;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
}

export interface Approver {
  readonly submittedBy: Submitter;
  /** Absent if decisions are not signed. */
  readonly signing?: Signing;
}

export interface Signing {
  readonly key: KeyObject;
  /** Asks the approver where no script of the page can answer; the signal withdraws the question. */
  readonly confirm: (request: SignatureRequest, signal: AbortSignal) => Promise<boolean>;
}

/** What is to be signed. */
export interface SignatureRequest {
  readonly decision: DecisionKind;
  readonly keyArns: readonly string[];
  readonly planDigest: string;
  /** SHA-256 over the ARNs, each with a newline, in their order. */
  readonly listDigest: string;
  /** Milliseconds that an approval holds. */
  readonly lifeMs: number;
  readonly reason?: string | undefined;
}

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
