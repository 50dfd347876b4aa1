import { z } from 'zod';
import {
  isCustomKeyStore,
  KEY_SPECS,
  KEY_STATES,
  KEY_USAGES,
  type KeyState,
  ORIGINS,
  usagesOf,
} from './names.ts';

export const date = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: 'must be an ISO 8601 date',
});
export const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');
export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region such as eu-central-1');

/** Values by any name: `z.record` would drop `__proto__`, which is a legal key of a tag. */
const byName = <T extends z.ZodType>(value: T) =>
  z.custom<Readonly<Record<string, z.infer<T>>>>(
    (given) =>
      typeof given === 'object' &&
      given !== null &&
      !Array.isArray(given) &&
      Object.values(given).every((each) => value.safeParse(each).success),
    'must be an object',
  );

const rotation = z.union(
  [
    z.boolean(),
    z.strictObject({
      periodInDays: z.int().min(90).max(2560).optional(),
      enabledAt: date.optional(),
      nextRotationDate: date.optional(),
    }),
  ],
  { error: 'must be true, false or { periodInDays, enabledAt, nextRotationDate }' },
);

const fields = z.strictObject({
  account: accountId.optional(),
  region,
  keyId: z.string().min(1).optional(),
  keyManager: z.enum(['CUSTOMER', 'AWS']).optional(),
  keySpec: z.enum(KEY_SPECS).optional(),
  keyUsage: z.enum(KEY_USAGES).optional(),
  origin: z.enum(ORIGINS).optional(),
  keyState: z.enum(KEY_STATES).optional(),
  multiRegion: z.boolean().optional(),
  replicaRegions: z.array(region).optional(),
  description: z.string().max(8192).optional(),
  aliases: z
    .array(z.string().regex(/^alias\/[a-zA-Z0-9/_-]+$/, 'must be alias/… of letters, digits, / _ -'))
    .optional(),
  tags: byName(z.string()).optional(),
  policy: z.union([z.string(), byName(z.unknown())]).optional(),
  createdAt: date.optional(),
  rotation: rotation.optional(),
  /** Rotations that are over, in order of time. */
  pastRotations: z
    .array(z.strictObject({ date, type: z.enum(['AUTOMATIC', 'ON_DEMAND']) }))
    .max(1000)
    .optional(),
  onDemandRotationStartDate: date.optional(),
  /** Of the key itself: replicas have a record of their own, which begins empty. */
  lastUsage: z.strictObject({ operation: z.string().min(1), at: date }).optional(),
  pendingWindowInDays: z.int().min(7).max(30).optional(),
  deletionDate: date.optional(),
  validTo: date.optional(),
  customKeyStoreId: z.string().optional(),
});

type Fields = z.infer<typeof fields>;
type Rule = readonly [field: keyof Fields, broken: (key: Fields) => boolean, why: string];

const inStore = (key: Fields) => isCustomKeyStore(key.origin ?? 'AWS_KMS');
const isMultiRegion = (key: Fields) => key.multiRegion === true || (key.replicaRegions?.length ?? 0) > 0;
const inState = (key: Fields, ...states: KeyState[]) => states.includes(key.keyState ?? 'Enabled');
const isSymmetric = (key: Fields) => (key.keySpec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT';
const supportsRotation = (key: Fields) => isSymmetric(key) && (key.origin ?? 'AWS_KMS') === 'AWS_KMS';

/** Keys that cannot exist in AWS (kms-facts §1.1): a test on such a key would prove nothing. */
const RULES: readonly Rule[] = [
  [
    'origin',
    (key) => inStore(key) && (isMultiRegion(key) || !isSymmetric(key)),
    'a custom key store holds single-Region symmetric keys only',
  ],
  [
    'keyState',
    (key) => inState(key, 'PendingImport') && key.origin !== 'EXTERNAL',
    'PendingImport needs origin EXTERNAL',
  ],
  [
    'keyState',
    (key) => inState(key, 'Unavailable') && !inStore(key),
    'Unavailable occurs in custom key stores only',
  ],
  [
    'keyState',
    (key) => inState(key, 'Creating', 'Updating', 'PendingReplicaDeletion') && !isMultiRegion(key),
    'Creating, Updating and PendingReplicaDeletion occur on multi-Region keys only',
  ],
  [
    'keyUsage',
    (key) =>
      key.keyUsage !== undefined && !usagesOf(key.keySpec ?? 'SYMMETRIC_DEFAULT').includes(key.keyUsage),
    'KMS does not allow this usage for the keySpec',
  ],
  [
    'rotation',
    (key) => Boolean(key.rotation) && !supportsRotation(key),
    'only symmetric encryption keys of origin AWS_KMS can have rotation on',
  ],
  [
    'multiRegion',
    (key) => key.multiRegion === false && isMultiRegion(key),
    'false contradicts replicaRegions',
  ],
  [
    'pastRotations',
    (key) => key.pastRotations !== undefined && !supportsRotation(key),
    'only symmetric encryption keys of origin AWS_KMS are rotated',
  ],
  ['validTo', (key) => key.validTo !== undefined && key.origin !== 'EXTERNAL', 'needs origin EXTERNAL'],
  [
    'keyManager',
    (key) => key.keyManager === 'AWS' && (key.rotation !== undefined || isMultiRegion(key)),
    'an AWS managed key is single-Region and its rotation is not configurable',
  ],
];

export const keySettings = fields.superRefine((key, context) => {
  for (const [field, broken, why] of RULES) {
    if (broken(key)) context.addIssue({ code: 'custom', path: [field], message: why });
  }
});

export type KeySettings = z.infer<typeof keySettings>;
