import * as z from 'zod';
import { text, timestamp } from './text.ts';

/** What GetKeyLastUsage says, in AWS's names (kms-facts §12). */
export const lastUsage = z.object({
  /** From when on KMS has recorded the use of this key. */
  TrackingStartDate: timestamp,
  KeyCreationDate: timestamp.optional(),
  /** Absent where no use has been recorded. */
  KeyLastUsage: z
    .object({ Operation: text, Timestamp: timestamp, CloudTrailEventId: text.optional() })
    .optional(),
});
export type LastUsage = z.infer<typeof lastUsage>;

/** What that amounts to. `none-recorded` is not `never`: the key may have been used before recording began. */
export type LastUse =
  | { readonly kind: 'used'; readonly at: string; readonly operation: string }
  | { readonly kind: 'never'; readonly since: string }
  | { readonly kind: 'none-recorded'; readonly since: string };

/** @param created when the key was, where the answer does not say */
export function lastUseOf(
  { KeyLastUsage, KeyCreationDate, TrackingStartDate }: LastUsage,
  created?: string,
): LastUse {
  if (KeyLastUsage) return { kind: 'used', at: KeyLastUsage.Timestamp, operation: KeyLastUsage.Operation };
  const createdAt = KeyCreationDate ?? created;
  const isRecordedWhole = createdAt !== undefined && Date.parse(createdAt) >= Date.parse(TrackingStartDate);
  return isRecordedWhole
    ? { kind: 'never', since: createdAt }
    : { kind: 'none-recorded', since: TrackingStartDate };
}

/** In a few words, dates by their day. */
export function describeLastUse(use: LastUse): string {
  switch (use.kind) {
    case 'used':
      return `last used ${use.at.slice(0, 10)} (${use.operation})`;
    case 'never':
      return `never used since it was created ${use.since.slice(0, 10)}`;
    case 'none-recorded':
      return `no use recorded since ${use.since.slice(0, 10)}`;
  }
}
