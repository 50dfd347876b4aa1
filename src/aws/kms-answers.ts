import * as z from 'zod';
import { keyMetadata, keyRotation, rotationStatus } from '../model/key-facts.ts';
import { arn, longText, name, policyText, token, word } from './answer-text.ts';
import { parseWith } from './call.ts';

/*
 * What KMS answers, parsed: AWS's names, dates as ISO 8601. A field that KMS always sends is required. An answer
 * without it is not one of KMS's, whoever sent it, and never means "none" or "off".
 */

/** The last second of the year 9999. A later year has no ISO 8601 form that the store takes. */
const MAX_DATE_SECONDS = 253_402_300_799;
/** Dates come as epoch seconds, with or without a fraction. */
const date = z
  .number()
  .min(0)
  .max(MAX_DATE_SECONDS)
  .transform((seconds) => new Date(seconds * 1000).toISOString());

/** A check that the fields named are there if a condition holds. */
const requires =
  <T extends object>(holds: (value: T) => boolean, ...fields: readonly (keyof T & string)[]) =>
  (value: T, context: z.core.$RefinementCtx): void => {
    if (!holds(value)) return;
    for (const field of fields) {
      if (value[field] === undefined)
        context.addIssue({ code: 'custom', path: [field], message: 'missing, though the rest calls for it' });
    }
  };

const page = { Truncated: z.boolean(), NextMarker: token.optional() };
interface Page {
  readonly Truncated: boolean;
  readonly NextMarker?: string | undefined;
}
/** A page may be empty while more follow. It leads to the next one exactly if it is marked as truncated. */
const leadsOn = ({ Truncated, NextMarker }: Page) => Truncated === (NextMarker !== undefined);
const LEADS_ON = { path: ['Truncated'], message: 'contradicts NextMarker' };

export const parseKeys = parseWith(
  z.object({ ...page, Keys: z.array(z.object({ KeyArn: arn, KeyId: arn })) }).refine(leadsOn, LEADS_ON),
);
export const parseAliases = parseWith(
  z
    .object({
      ...page,
      Aliases: z.array(z.object({ AliasName: name, AliasArn: arn, TargetKeyId: arn.optional() })),
    })
    .refine(leadsOn, LEADS_ON),
);

const relatedKey = z.object({ Arn: arn, Region: word });
const metadata = keyMetadata
  .extend({
    Arn: arn,
    KeyId: arn,
    AWSAccountId: word,
    Enabled: z.boolean(),
    Description: longText,
    KeyManager: word,
    KeyState: word,
    KeySpec: word,
    KeyUsage: word,
    Origin: word,
    CustomKeyStoreId: word.optional(),
    CreationDate: date,
    DeletionDate: date.optional(),
    MultiRegion: z.boolean(),
    MultiRegionConfiguration: z
      .object({ MultiRegionKeyType: word, PrimaryKey: relatedKey, ReplicaKeys: z.array(relatedKey) })
      .optional(),
  })
  .superRefine(requires(({ MultiRegion }) => MultiRegion, 'MultiRegionConfiguration'))
  .superRefine(requires(({ KeyState }) => KeyState === 'PendingDeletion', 'DeletionDate'))
  .superRefine(
    requires(
      ({ Origin }) => Origin === 'AWS_CLOUDHSM' || Origin === 'EXTERNAL_KEY_STORE',
      'CustomKeyStoreId',
    ),
  );
export const parseMetadata = parseWith(z.object({ KeyMetadata: metadata }));
export type AnsweredMetadata = z.infer<typeof metadata>;

/** Days. KMS takes 90 to 2560. */
const MAX_PERIOD = 36_500;

/** Period and date are there exactly while rotation is on (kms-facts §1.3). */
const status = rotationStatus
  .extend({
    KeyId: arn,
    RotationPeriodInDays: z.int().min(1).max(MAX_PERIOD).optional(),
    NextRotationDate: date.optional(),
    OnDemandRotationStartDate: date.optional(),
  })
  .superRefine(
    requires(({ KeyRotationEnabled }) => KeyRotationEnabled, 'RotationPeriodInDays', 'NextRotationDate'),
  );
export const parseRotation = parseWith(status);
export type AnsweredRotation = z.infer<typeof status>;

export const parsePolicy = parseWith(z.object({ Policy: policyText, PolicyName: z.literal('default') }));
export const parseTags = parseWith(
  z.object({ ...page, Tags: z.array(z.object({ TagKey: name, TagValue: name })) }).refine(leadsOn, LEADS_ON),
);
export const parseRotations = parseWith(
  z
    .object({
      ...page,
      Rotations: z.array(keyRotation.extend({ KeyId: arn, RotationType: word, RotationDate: date })),
    })
    .refine(leadsOn, LEADS_ON),
);

/** An empty object says that no use was recorded; only the whole element missing says nothing (kms-facts §12). */
const recordedUse = z
  .object({
    Operation: word.optional(),
    Timestamp: date.optional(),
    CloudTrailEventId: name.optional(),
  })
  .superRefine(requires((use) => Object.keys(use).length > 0, 'Operation', 'Timestamp'));
const usage = z.object({
  KeyId: arn,
  TrackingStartDate: date,
  KeyCreationDate: date,
  KeyLastUsage: recordedUse,
});
export const parseUsage = parseWith(usage);
export type AnsweredUsage = z.infer<typeof usage>;
