import * as z from 'zod';
import { failure } from './failure.ts';
import { keyMetadata, policySummary, rotationStatus } from './key-facts.ts';
import { lastUsage } from './last-use.ts';
import { rotationPeriod } from './period.ts';
import { text, textByName, timestamp } from './text.ts';

export const FINDINGS = ['candidate', 'enabled', 'ineligible', 'unknown'] as const;
export type FindingKind = (typeof FINDINGS)[number];

/** Why a key's type rules automatic rotation out (kms-facts §1.1), for good. */
export const TYPE_REASONS = [
  'unknown-manager',
  'asymmetric',
  'hmac',
  'key-agreement',
  'unknown-spec',
  'unknown-usage',
  'imported-material',
  'cloudhsm-key-store',
  'external-key-store',
  'unknown-origin',
  'replica',
  'unknown-multi-region-role',
] as const;

/** Why a key's state rules a change out, while its type supports rotation. */
export const STATE_REASONS = [
  'disabled',
  'pending-deletion',
  'pending-import',
  'creating',
  'updating',
  'unavailable',
  'unknown-state',
] as const;

/** Why nothing can be said of a key. Never the same as "off". */
export const UNKNOWN_REASONS = [
  'access-denied',
  'credentials',
  'region-unavailable',
  'disappeared',
  'gave-up-throttled',
  'unsupported',
  'aws-error',
  'network',
  'malformed-answer',
  'contradictory-answer',
] as const;

export const findingReason = z.enum([...TYPE_REASONS, ...STATE_REASONS, ...UNKNOWN_REASONS]);
export type TypeReason = (typeof TYPE_REASONS)[number];
export type StateReason = (typeof STATE_REASONS)[number];
export type UnknownReason = (typeof UNKNOWN_REASONS)[number];
export type FindingReason = z.infer<typeof findingReason>;

/**
 * What Keyturn concludes of one key, with the profile that it was concluded from: our words in camelCase, AWS's in
 * AWS's own names. A field that is absent was not read or not there; `gaps` says which reads failed.
 */
export const finding = z.object({
  keyArn: text,
  keyId: text,
  account: z.string(),
  region: z.string(),
  kind: z.enum(FINDINGS),
  /** For `ineligible`: whether the key's type or only its present state stands against rotation. */
  basis: z.enum(['type', 'state']).optional(),
  reason: findingReason.optional(),
  /** One sentence: what stands against it. */
  explanation: text,
  /** What a person can do instead. */
  advice: text,
  /** `unreadable` is never `off`; `not-read` where the type settles the matter. */
  rotation: z.enum(['on', 'off', 'unreadable', 'not-read']),
  ...keyMetadata.partial().shape,
  ...rotationStatus.partial().shape,
  aliases: z.array(text).optional(),
  primaryAlias: text.optional(),
  tags: textByName.optional(),
  policy: policySummary.optional(),
  /** How often a candidate has been rotated, by itself or on demand; absent where that was not read, never 0 then. */
  pastRotations: z.int().min(0).optional(),
  /** Candidates only, where it was asked for; of this key alone, replicas are tracked apart. Volatile. */
  lastUsage: lastUsage.optional(),
  /** For a replica: whether the Region of its primary is in scope. */
  primaryInScope: z.boolean().optional(),
  /** The change proposed; candidates only. */
  proposed: z
    .object({ operation: z.literal('EnableKeyRotation'), RotationPeriodInDays: rotationPeriod })
    .optional(),
  /** Reads that failed; for `unknown`, the first is the one that decided. */
  gaps: z.array(failure),
  /** When each fact was read. */
  readAt: z.record(z.string(), timestamp),
});
export type Finding = z.infer<typeof finding>;
