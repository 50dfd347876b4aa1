import * as z from 'zod';
import { rolloutId } from './id.ts';
import { rotationPeriod } from './period.ts';
import { scope } from './plan.ts';
import { rotationPrice } from './price.ts';
import { text, timestamp } from './text.ts';

/** An account of the organization that is not active (suspended, closing, …): not looked at, and no error. */
export const notAssessedAccount = z.object({ id: z.string(), name: text, state: text });
export type NotAssessedAccount = z.infer<typeof notAssessedAccount>;

/** A profile of the AWS configuration, and the account that AWS says it is of. */
export const accountProfile = z.object({ name: text, account: z.string() });
export type AccountProfile = z.infer<typeof accountProfile>;

/** Regions by name, or every one that an account has enabled; without those that are excluded. */
export const regionsAsked = z.object({
  named: z.array(z.string()).optional(),
  excluded: z.array(z.string()),
});
export type RegionsAsked = z.infer<typeof regionsAsked>;

/** Which accounts of the organization a person asked for: what the scope was resolved from. */
export const accountsAsked = z.object({
  organization: z.boolean(),
  units: z.array(z.string()),
  excludedUnits: z.array(z.string()),
  named: z.array(z.string()),
  excluded: z.array(z.string()),
  /** The role (ARN) or the profile that listed them, if it was another than the caller. */
  listedBy: text.optional(),
});
export type AccountsAsked = z.infer<typeof accountsAsked>;

/** One journey through the four phases. */
export const rollout = z.object({
  id: rolloutId,
  createdAt: timestamp,
  callerArn: text,
  scope,
  accountsAsked: accountsAsked.optional(),
  /** What the Regions of an account are resolved from that could not be reached at first. */
  regionsAsked: regionsAsked.optional(),
  /** Enabled Regions that were left out, where AWS said which are enabled. */
  regionsLeftOut: z.array(z.string()).optional(),
  notAssessed: z.array(notAssessedAccount).optional(),
  /** Roles that were assumed in each account; absent where the caller's own credentials served. */
  roles: z.object({ assess: z.string(), configure: z.string() }).optional(),
  /** The profiles whose credentials served, one an account; absent where one caller's did. */
  profiles: z.array(accountProfile).optional(),
  RotationPeriodInDays: rotationPeriod,
  /** What an approver is told that a rotation costs; absent before Keyturn told. */
  price: rotationPrice.optional(),
  /** Days; keys that are on with a longer period are pointed out. */
  maxPeriodInDays: z.int().min(1).optional(),
  keyturnVersion: z.string(),
  /** Set with the plan's digest once the assessment is complete. */
  assessedAt: timestamp.optional(),
  planDigest: z.string().optional(),
});
export type Rollout = z.infer<typeof rollout>;

/** A rollout whose assessment is complete: the only kind that can be approved. */
export type AssessedRollout = Rollout & { readonly assessedAt: string; readonly planDigest: string };
