import { z } from 'zod';
import { accountId, region } from './key.ts';
import { OPT_STATUSES } from './names.ts';

export const ACCOUNT_STATES = [
  'ACTIVE',
  'SUSPENDED',
  'PENDING_ACTIVATION',
  'PENDING_CLOSURE',
  'CLOSED',
] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

const OU_ID = /^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/;
export const isUnitId = (ou: string) => OU_ID.test(ou);

const ou = z.string().refine((given) => isUnitId(given) || /^[^/]+(\/[^/]+)*$/.test(given), {
  error: 'must be an id such as ou-ab12-1a2b3c4d or a path such as Workloads/Production',
});

const role = z.strictObject({
  name: z
    .string()
    .regex(/^([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/, 'must be a role name, with its path if it has one'),
  externalId: z.string().min(2).max(1224).optional(),
  sourceIdentityAllowed: z.boolean().optional(),
  trusts: z.array(accountId).optional(),
  maxSessionSeconds: z.int().min(3600).max(43_200).optional(),
});
export type RoleSettings = z.infer<typeof role>;

const member = z.strictObject({
  id: accountId,
  name: z.string().min(1).max(128).optional(),
  email: z.string().min(6).max(64).optional(),
  state: z.enum(ACCOUNT_STATES).optional(),
  ou: ou.optional(),
  roles: z.array(role).optional(),
  deniedRegions: z.array(region).optional(),
  regions: z.record(region, z.enum(OPT_STATUSES)).optional(),
});
export type MemberSettings = z.infer<typeof member>;

export const mixSettings = z.strictObject({
  candidate: z.number().min(0).optional(),
  enabled: z.number().min(0).optional(),
  disabled: z.number().min(0).optional(),
  pendingDeletion: z.number().min(0).optional(),
  asymmetric: z.number().min(0).optional(),
  imported: z.number().min(0).optional(),
  awsManaged: z.number().min(0).optional(),
});

const generated = z
  .strictObject({
    accounts: z.int().min(1).max(10_000),
    keysPerPlace: z.int().min(0).max(100_000),
    regions: z.array(region).min(1),
    mix: mixSettings.optional(),
    seed: z.union([z.string(), z.number()]).optional(),
    roles: z.array(role).optional(),
    suspended: z.int().min(0).optional(),
    withoutRole: z.int().min(0).optional(),
  })
  .refine(({ accounts, suspended = 0, withoutRole = 0 }) => suspended + withoutRole <= accounts, {
    error: 'suspended and withoutRole are more than the accounts',
    path: ['accounts'],
  });
export type GeneratedMembers = z.infer<typeof generated>;

export const organizationSettings = z.strictObject({
  managementAccount: accountId.optional(),
  delegatedAdministrators: z.array(accountId).optional(),
  /** What tells the state of an account: `Status` was due to go on 9 September 2026 (kms-facts §2). */
  accountFields: z.enum(['State', 'both', 'Status']).optional(),
  accounts: z.array(member).optional(),
  generate: generated.optional(),
});
export type OrganizationSettings = z.infer<typeof organizationSettings>;
