import * as z from 'zod';
import { approvalId, rolloutId } from './id.ts';
import { rotationPeriod } from './period.ts';
import { signature } from './signature.ts';
import { text, timestamp } from './text.ts';

export const DECISIONS = ['approve', 'decline', 'defer'] as const;
export const decisionKind = z.enum(DECISIONS);
export type DecisionKind = z.infer<typeof decisionKind>;

/** Who somebody is as the operating system says: what a machine says of itself, and no proof. */
export const machineUser = z.object({ osUser: text, host: text });
export type MachineUser = z.infer<typeof machineUser>;

/** Who submitted the decisions: as AWS and as the operating system know them. */
export const submitter = z.object({
  callerArn: text,
  account: z.string(),
  userId: text,
  ...machineUser.shape,
});
export type Submitter = z.infer<typeof submitter>;

/** What a person decided on one key, with what exactly would be done to it. */
export const decision = z.object({
  keyArn: z.string(),
  keyId: z.string(),
  account: z.string(),
  region: z.string(),
  choice: decisionKind,
  reason: text.optional(),
  RotationPeriodInDays: rotationPeriod,
});
export type Decision = z.infer<typeof decision>;

/** The decisions of one person over one plan, bound to the plan's digest and to a time. */
export const approval = z.object({
  schema: z.literal('keyturn/approval/v1'),
  id: approvalId,
  rollout: rolloutId,
  planDigest: z.string(),
  /** When it was made. */
  at: timestamp,
  /** From then on it covers no change any more. A decline does not expire. */
  expiresAt: timestamp,
  /** Without AWS's part where it was made elsewhere, from an exported plan. */
  submittedBy: z.union([submitter, machineUser]),
  /** How it came in: `picker`, `all`, `keys` or the file's name. */
  source: text,
  reason: text.optional(),
  decisions: z.array(decision),
  /** Of the approver, over the statement that says all of the above (docs/evidence-format.md). */
  signature: signature.optional(),
  /** Who brought it in, and when, where it was made elsewhere; not signed by the approver. */
  imported: z.object({ at: timestamp, by: submitter }).optional(),
});
export type Approval = z.infer<typeof approval>;

/** An approval without its decisions, of which there can be as many as keys; how many of each kind stands for them. */
export type ApprovalHeader = Omit<Approval, 'decisions'> & { readonly counts: DecisionCounts };
export type DecisionCounts = Readonly<Record<DecisionKind, number>>;

/** A decision as it was submitted, beside the one in force on its key now and the approval that holds that. */
export interface SubmittedDecision {
  readonly decision: Decision;
  readonly inForce: string;
  readonly standing: DecisionKind;
}

/** A candidate with the decision in force, the approval that holds it, and whose that is. */
export interface DecidedKey {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly choice: DecisionKind | 'undecided';
  readonly reason?: string;
  readonly approval?: string;
  readonly approver?: string;
  /** Of a decision to approve. */
  readonly expiresAt?: string;
  /** Everybody who declines, where somebody does: each has to withdraw before the key can be changed. */
  readonly declinedBy?: readonly string[];
}

export type DecisionTotals = Readonly<Record<'approved' | 'declined' | 'deferred' | 'undecided', number>>;
