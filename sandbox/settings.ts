import { z } from 'zod';
import { accountId, date, keySettings, region } from './settings/key.ts';
import { OPERATIONS, OPT_STATUSES } from './settings/names.ts';
import { mixSettings, organizationSettings } from './settings/organization.ts';
import { denyRule, faultRule } from './settings/rule.ts';

const ms = z.number().min(0);
const byOperation = <T extends z.ZodType>(value: T) => z.partialRecord(z.enum(OPERATIONS), value);

const latency = z.union(
  [
    ms,
    z.strictObject({ ms: ms.optional(), jitterMs: ms.optional(), operations: byOperation(ms).optional() }),
  ],
  { error: 'must be milliseconds or { ms, jitterMs, operations }' },
);

const quotas = z.union([z.literal('off'), z.literal('published'), byOperation(z.number().positive())], {
  error: 'must be "off", "published" or requests per second by operation',
});

const consistency = z.strictObject({
  rotationMs: ms.optional(),
  replicaMs: ms.optional(),
  listMs: ms.optional(),
  foundMs: ms.optional(),
  onDemandMs: ms.optional(),
  automaticMs: ms.optional(),
});

const pages = z.strictObject({
  short: z.boolean().optional(),
  caps: byOperation(z.int().min(1)).optional(),
});

/** Where AWS is undocumented or its sources conflict (kms-facts §11), a test chooses. */
const assumptions = z.strictObject({
  importedKeyStatus: z.enum(['false', 'unsupported']).optional(),
  awsManagedKeyStatus: z.enum(['true', 'denied']).optional(),
  refusalPrecedence: z.enum(['type', 'state']).optional(),
  periodWhenOmitted: z.enum(['default', 'keep']).optional(),
  statusKeyId: z.enum(['id', 'arn']).optional(),
});

const generateSettings = z.strictObject({
  keys: z.int().min(0).max(1_000_000),
  regions: z.array(region).min(1),
  mix: mixSettings.optional(),
});
export type GenerateSettings = z.infer<typeof generateSettings>;

const world = z.union([z.enum(['empty', 'demo']), z.strictObject({ generate: generateSettings })], {
  error: 'must be "empty", "demo" or { generate }',
});

const sandboxSettings = z
  .strictObject({
    account: accountId.optional(),
    callerArn: z.string().startsWith('arn:').optional(),
    regions: z.record(region, z.enum(OPT_STATUSES)).optional(),
    seed: z.union([z.string(), z.number()]).optional(),
    world: world.optional(),
    keys: z.array(keySettings).optional(),
    aliases: z
      .array(z.strictObject({ account: accountId.optional(), region, name: z.string().startsWith('alias/') }))
      .optional(),
    organization: organizationSettings.optional(),
    sts: z.strictObject({ sessionSeconds: z.number().positive().optional() }).optional(),
    latency: latency.optional(),
    quotas: quotas.optional(),
    consistency: consistency.optional(),
    pages: pages.optional(),
    assumptions: assumptions.optional(),
    deny: z.array(denyRule).optional(),
    emptyMessages: z.boolean().optional(),
    faults: z.array(faultRule).optional(),
    clockOffsetMs: z.number().optional(),
    usageTrackedFrom: date.optional(),
    log: z
      .union([z.boolean(), z.int().min(1)], { error: 'must be true, false or how many calls to keep' })
      .optional(),
  })
  .superRefine(({ regions, keys = [] }, context) => {
    for (const [index, key] of keys.entries()) {
      if (regions === undefined || key.region in regions) continue;
      context.addIssue({
        code: 'custom',
        path: ['keys', index, 'region'],
        message: 'is not one of the regions given',
      });
    }
  });

export type SandboxSettings = z.infer<typeof sandboxSettings>;

/** Every problem of a settings object at once, each with where it is. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The sandbox settings have ${problems.length} problem(s):\n${problems.map((p) => `  ${p}`).join('\n')}`,
    );
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const where = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  );

type Issue = z.core.$ZodIssue;

/** A value that may take several forms: tell what is wrong with the form that it comes nearest to. */
function problemsOf(issue: Issue, parent: readonly PropertyKey[] = []): string[] {
  const path = [...parent, ...issue.path];
  const nearest = issue.code === 'invalid_union' ? issue.errors.find(isNear) : undefined;
  if (nearest) return nearest.flatMap((inner) => problemsOf(inner, path));
  return [`${where(path) || 'settings'}: ${issue.message}`];
}

const isNear = (issues: readonly Issue[]) =>
  issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys');

/** Settings as given in a file or a request. Throws one SettingsError that lists all problems. */
export function parseSettings(given: unknown): SandboxSettings {
  const parsed = sandboxSettings.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new SettingsError(parsed.error.issues.flatMap((issue) => problemsOf(issue)));
}
