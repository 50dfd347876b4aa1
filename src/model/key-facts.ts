import * as z from 'zod';
import type { Failure } from './failure.ts';
import type { LastUsage } from './last-use.ts';
import { text, timestamp } from './text.ts';

export const relatedKey = z.object({ Arn: text, Region: text });

export const multiRegionConfiguration = z.object({
  MultiRegionKeyType: text,
  PrimaryKey: relatedKey.optional(),
  ReplicaKeys: z.array(relatedKey).optional(),
});

/**
 * What DescribeKey says of a key, in AWS's names. Enumerations are plain text on purpose: a value that AWS adds
 * tomorrow has to arrive here, and fall to "not a candidate" by rule, not by a parse error.
 */
export const keyMetadata = z.object({
  KeyManager: text,
  KeyState: text,
  Enabled: z.boolean().optional(),
  KeySpec: text,
  KeyUsage: text,
  Origin: text,
  CustomKeyStoreId: text.optional(),
  MultiRegion: z.boolean().optional(),
  MultiRegionConfiguration: multiRegionConfiguration.optional(),
  Description: text.optional(),
  CreationDate: timestamp.optional(),
  DeletionDate: timestamp.optional(),
});
export type KeyMetadata = z.infer<typeof keyMetadata>;

/** What GetKeyRotationStatus says; period and date are there only while rotation is on (kms-facts §1.3). */
export const rotationStatus = z.object({
  KeyRotationEnabled: z.boolean(),
  RotationPeriodInDays: z.int().optional(),
  NextRotationDate: timestamp.optional(),
  OnDemandRotationStartDate: timestamp.optional(),
});
export type RotationStatus = z.infer<typeof rotationStatus>;

/** One completed rotation, as ListKeyRotations lists it. */
export const keyRotation = z.object({ RotationType: text, RotationDate: timestamp });
export type KeyRotation = z.infer<typeof keyRotation>;

/** Who a key policy lets in; derived from the policy document by `summarizePolicy`. */
export const policySummary = z.object({
  /** Principals that may change the policy itself (kms:PutKeyPolicy). */
  administrators: z.array(text),
  /**
   * Principals that may encrypt or decrypt with it, a `*` that a condition keeps within the account as the account's
   * id; absent where an earlier Keyturn summed it up.
   */
  users: z.array(text).optional(),
  /** Whether IAM policies of the account can allow kms:EnableKeyRotation at all (kms-facts §7.1). */
  delegatesToAccount: z.boolean(),
  /** Principals of other accounts, or `*`, with any right; `conditional` where a Condition narrows it. */
  openTo: z.array(z.object({ principal: text, conditional: z.boolean() })),
});
export type PolicySummary = z.infer<typeof policySummary>;

/** A fact that was asked for: read at a time, or not to be had, with why. Absent where nothing was asked. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T; readonly at: string }
  | { readonly kind: 'unreadable'; readonly failure: Failure; readonly at: string };

/** All that is known of one key, joined by its ARN (a multi-Region key shares its key id between Regions). */
export interface KeyFacts {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly metadata: Reading<KeyMetadata>;
  readonly rotation?: Reading<RotationStatus>;
  readonly aliases?: Reading<readonly string[]>;
  readonly tags?: Reading<Readonly<Record<string, string>>>;
  readonly policy?: Reading<PolicySummary>;
  /** How often the key has been rotated, by itself or on demand. */
  readonly pastRotations?: Reading<number>;
  readonly lastUsage?: Reading<LastUsage>;
}
