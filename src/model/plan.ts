import * as z from 'zod';
import { rotationPeriod } from './period.ts';

/** Which places an assessment looks at, and how deeply. */
export const scope = z.object({
  partition: z.string(),
  accounts: z.array(z.string()),
  regions: z.array(z.string()),
  /** Whether key policies and tags are read. */
  policies: z.boolean(),
  tags: z.boolean(),
  /** Whether the past rotations of candidates are read; absent before Keyturn could. */
  rotations: z.boolean().optional(),
  /** Whether it is asked when candidates were last used. */
  lastUsage: z.boolean().optional(),
  /** JMESPath over a finding: which findings are shown and can be decided on. All are counted. */
  filter: z.string().optional(),
});
export type Scope = z.infer<typeof scope>;

/** First line of a plan's JSON Lines; the findings follow, one a line, in the order of their ARNs. */
export const planHeader = z.object({
  schema: z.literal('keyturn/plan/v1'),
  scope,
  RotationPeriodInDays: rotationPeriod,
});
export type PlanHeader = z.infer<typeof planHeader>;

/** How many keys came off the pages of a place and where each of them ended. */
export interface Counts {
  readonly listed: number;
  readonly candidate: number;
  readonly enabled: number;
  readonly ineligible: number;
  readonly unknown: number;
  readonly awsManaged: number;
}

/** The counts of several places together. */
export function addCounts(places: Iterable<Counts>): Counts {
  const total = { listed: 0, candidate: 0, enabled: 0, ineligible: 0, unknown: 0, awsManaged: 0 };
  for (const place of places) {
    for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += place[name];
  }
  return total;
}

export interface PlaceCounts extends Counts {
  readonly account: string;
  readonly region: string;
  /** `listed = candidate + enabled + ineligible + unknown + awsManaged`, counted from what was stored. */
  readonly reconciled: boolean;
}

/** Stands for all Regions of an account that cannot be reached. */
export const EVERY_REGION = '*';

/** A place that could not be listed: never the same as an empty one. */
export interface UnreachablePlace {
  readonly account: string;
  readonly region: string;
  readonly reason: string;
  readonly fix: string;
}
