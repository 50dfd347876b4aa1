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

/** What a key policy says of one call of kms:EnableKeyRotation, as far as it says it alone. */
export const rotationAccess = z.object({
  /**
   * `allowed`: by the key policy itself. `delegated`: if IAM allows it. `conditional`: if what `dependsOn` or
   * `principals` names fits. `refused`: whatever IAM says.
   */
  access: z.enum(['allowed', 'delegated', 'conditional', 'refused']),
  /** Who is expected to make the call; omitted if that is not known. */
  principal: text.optional(),
  /** A Deny statement refuses it, or may. */
  denied: z.boolean().optional(),
  /** The condition keys of the statements that decide, if they do not surely apply. */
  dependsOn: z.array(text).optional(),
  /** The principals of the account that may make the call instead; the first few. */
  principals: z.array(text).optional(),
});
export type RotationAccess = z.infer<typeof rotationAccess>;

/** Who a key policy lets in; derived from the policy document by `summarizePolicy`. */
export const policySummary = z.object({
  /** Principals that may change the policy itself (kms:PutKeyPolicy). */
  administrators: z.array(text),
  /**
   * Principals that may encrypt or decrypt with it, a `*` that a condition keeps within the account as the account's
   * id; absent where an earlier Keyturn summed it up.
   */
  users: z.array(text).optional(),
  /**
   * Whether IAM policies of the account can allow kms:EnableKeyRotation at all (kms-facts §7.1): false if it depends on a
   * condition that a direct call does not surely meet.
   */
  delegatesToAccount: z.boolean(),
  /** The condition keys that it depends on, if it does not surely delegate. */
  delegationDependsOn: z.array(text).optional(),
  /** Whether the principal that is to configure may call kms:EnableKeyRotation; omitted if it was not looked at. */
  enableKeyRotation: rotationAccess.optional(),
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
