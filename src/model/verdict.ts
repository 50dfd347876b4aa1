import * as z from 'zod';
import { failure } from './failure.ts';
import { checkId } from './id.ts';
import { text, timestamp } from './text.ts';

export const VERDICTS = ['confirmed', 'discrepant', 'unreadable'] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** One fact that is not as the change should have left it. */
export const difference = z.object({ fact: z.string(), expected: text, actual: text });
export type Difference = z.infer<typeof difference>;

/** How a replica stands; outside the totals, since the change went to its primary (kms-facts §4). */
export const replicaVerdict = z.object({
  keyArn: text,
  region: z.string(),
  kind: z.enum(['confirmed', 'pending', 'unreadable']),
  reason: text.optional(),
  readAt: timestamp,
});
export type ReplicaVerdict = z.infer<typeof replicaVerdict>;

/**
 * The automatic rotations since the change that the next date is counted from: how many and the last one, or why they
 * could not be read. The next date then has to be the change + any number of periods.
 */
const rotationsSince = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('read'),
    automatic: z.int().min(0),
    lastAt: timestamp.optional(),
    readAt: timestamp,
  }),
  z.object({ kind: z.literal('unreadable'), error: failure, readAt: timestamp }),
]);

/** What a check says of one change that was reported as made. */
export const verdict = z.object({
  /** The id of the check, which the journal dates. */
  check: checkId,
  keyArn: z.string(),
  keyId: z.string(),
  account: z.string(),
  region: z.string(),
  kind: z.enum(VERDICTS),
  reason: text.optional(),
  differences: z.array(difference),
  error: failure.optional(),
  KeyState: text.optional(),
  KeyRotationEnabled: z.boolean().optional(),
  RotationPeriodInDays: z.int().optional(),
  NextRotationDate: timestamp.optional(),
  /** Omitted if the key is too young for an automatic rotation, or not on. */
  rotations: rotationsSince.optional(),
  replicas: z.array(replicaVerdict),
  readAt: timestamp,
  reads: z.int().min(1),
});
export type Verdict = z.infer<typeof verdict>;

/** `requested = confirmed + discrepant + unreadable + notChanged`, but for what was changed since the validation. */
export type VerdictTotals = Readonly<Record<'requested' | VerdictKind | 'notChanged', number>>;

/** What can be said of an approved key after a validation: a verdict, or why there is none. */
export type VerdictRow = Omit<Verdict, 'check' | 'kind' | 'readAt' | 'reads'> & {
  readonly kind: VerdictKind | 'not-changed' | 'not-validated';
  readonly check?: string;
  readonly readAt?: string;
  readonly reads?: number;
};
