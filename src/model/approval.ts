import * as z from 'zod';
import { rotationPeriod } from './period.ts';
import { signature } from './signature.ts';
import { text, timestamp } from './text.ts';

export const DECISIONS = ['approve', 'decline', 'defer'] as const;
export const decisionKind = z.enum(DECISIONS);
export type DecisionKind = z.infer<typeof decisionKind>;

/** Who submitted the decisions: as AWS and as the operating system know them. */
export const submitter = z.object({
  callerArn: text,
  account: z.string(),
  userId: text,
  osUser: text,
  host: text,
});
export type Submitter = z.infer<typeof submitter>;

/** What a person decided on one key, with what exactly would be done to it. */
export const decision = z.object({
  keyArn: z.string(),
  keyId: z.string(),
  account: z.string(),
  region: z.string(),
  decision: decisionKind,
  reason: text.optional(),
  RotationPeriodInDays: rotationPeriod,
});
export type Decision = z.infer<typeof decision>;

/** The decisions of one person over one plan, bound to the plan's digest. */
export const approval = z.object({
  schema: z.literal('keyturn/approval/v1'),
  approval: z.string(),
  rollout: z.string(),
  planDigest: z.string(),
  at: timestamp,
  submittedBy: submitter,
  /** How it came in: `picker`, `all`, `keys` or the file's name. */
  source: text,
  reason: text.optional(),
  decisions: z.array(decision),
  /** Of the approver, over the statement that says all of the above (docs/evidence-format.md). */
  signature: signature.optional(),
});
export type Approval = z.infer<typeof approval>;

/** An approval without its decisions, of which there can be as many as keys; how many of each kind stands for them. */
export type ApprovalHeader = Omit<Approval, 'decisions'> & { readonly counts: DecisionCounts };
export type DecisionCounts = Readonly<Record<DecisionKind, number>>;

/** A decision as it was submitted, with the approval that holds its key now: another one where it was replaced. */
export interface SubmittedDecision {
  readonly decision: Decision;
  readonly inForce: string;
}

/** A candidate with the decision in force, and the approval that holds it. */
export interface DecidedKey {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly decision: DecisionKind | 'undecided';
  readonly reason?: string;
  readonly approval?: string;
}
