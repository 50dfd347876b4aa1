import { z } from 'zod';
import { accountId, region } from './key.ts';
import { OPERATIONS } from './names.ts';

/** Which calls a rule is about; what is left out matches every call. */
const match = {
  operation: z.enum(OPERATIONS).optional(),
  account: accountId.optional(),
  region: region.optional(),
  key: z.string().optional(),
};

const counted = {
  ...match,
  skip: z.int().min(0).optional(),
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  afterMs: z.number().min(0).optional(),
};

const when = z.enum(['before', 'after']).optional();
const ms = z.number().min(0);

export const faultRule = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ ...counted, kind: z.literal('reset'), when }),
    z.strictObject({ ...counted, kind: z.literal('hang'), when, ms: ms.optional() }),
    z.strictObject({
      ...counted,
      kind: z.literal('status'),
      when,
      status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)]),
      body: z.enum(['json', 'html']).optional(),
      code: z.string().optional(),
    }),
    z.strictObject({
      ...counted,
      kind: z.literal('error'),
      when,
      code: z.string(),
      status: z.int().min(400).max(599).optional(),
      message: z.string().optional(),
    }),
    z.strictObject({ ...counted, kind: z.literal('throttle'), when }),
    z.strictObject({ ...counted, kind: z.literal('truncated'), when }),
    z.strictObject({
      ...counted,
      kind: z.literal('answer'),
      when: z.literal('after').optional(),
      merge: z.record(z.string(), z.unknown()).optional(),
      remove: z.array(z.string()).optional(),
      replace: z.unknown().optional(),
      requestId: z.literal(false).optional(),
    }),
    z.strictObject({
      ...counted,
      kind: z.literal('gateway'),
      when,
      status: z.int().min(200).max(599).optional(),
      body: z.enum(['empty', 'object', 'json', 'html']).optional(),
      text: z.string().optional(),
      requestId: z.boolean().optional(),
    }),
    z.strictObject({ ...counted, kind: z.literal('drip'), when, everyMs: z.int().min(1).optional() }),
    z.strictObject({
      ...counted,
      kind: z.literal('flood'),
      when,
      bytes: z.int().min(1).optional(),
      gzip: z.boolean().optional(),
    }),
    z.strictObject({ ...counted, kind: z.literal('deep'), when, levels: z.int().min(1).optional() }),
    z.strictObject({ ...counted, kind: z.literal('endless'), when }),
  ],
  {
    error:
      'kind must be one of reset, hang, status, error, throttle, truncated, answer, gateway, drip, flood, deep, endless',
  },
);
export type FaultRule = z.infer<typeof faultRule>;

export const denyRule = z.strictObject({ ...match, message: z.string().optional() });
export type DenyRule = z.infer<typeof denyRule>;
