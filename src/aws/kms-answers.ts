import * as z from 'zod';
import { keyMetadata, keyRotation, rotationStatus } from '../model/key-facts.ts';
import { lastUsage } from '../model/last-use.ts';
import { text } from '../model/text.ts';
import { parseWith } from './call.ts';

/** What KMS answers, parsed: AWS's names, dates as ISO 8601. */

const page = { Truncated: z.boolean().optional(), NextMarker: z.string().optional() };

export const parseKeys = parseWith(
  z.object({ ...page, Keys: z.array(z.object({ KeyArn: text })).default([]) }),
);
export const parseAliases = parseWith(
  z.object({
    ...page,
    Aliases: z.array(z.object({ AliasName: text, TargetKeyId: text.optional() })).default([]),
  }),
);
/** Dates come as epoch seconds, with or without a fraction. */
const date = z.number().transform((seconds) => new Date(seconds * 1000).toISOString());

export const parseMetadata = parseWith(
  z.object({
    KeyMetadata: keyMetadata.extend({
      Arn: text,
      CreationDate: date.optional(),
      DeletionDate: date.optional(),
    }),
  }),
);
export const parseRotation = parseWith(
  rotationStatus.extend({
    KeyId: text.optional(),
    NextRotationDate: date.optional(),
    OnDemandRotationStartDate: date.optional(),
  }),
);
export const parsePolicy = parseWith(z.object({ Policy: text }));
export const parseTags = parseWith(
  z.object({ ...page, Tags: z.array(z.object({ TagKey: text, TagValue: text })).default([]) }),
);

export const parseRotations = parseWith(
  z.object({ ...page, Rotations: z.array(keyRotation.extend({ RotationDate: date })).default([]) }),
);
export const parseUsage = parseWith(
  lastUsage.extend({
    KeyId: text.optional(),
    TrackingStartDate: date,
    KeyCreationDate: date.optional(),
    KeyLastUsage: z
      .object({ Operation: text, Timestamp: date, CloudTrailEventId: text.optional() })
      .optional(),
  }),
);
