import { partition } from '@aws-sdk/core/client';
import { KeyturnError } from '../messages/error.ts';
import type { ProfileName } from './endpoint-settings.ts';
import type { SharedConfig } from './shared-config.ts';

/** Named Regions to ask at most: each costs a call, and in most scopes the second answers. */
const MOST_ASKED = 6;

/**
 * The Region that is configured: AWS_REGION, AWS_DEFAULT_REGION, or the profile's.
 * @throws KeyturnError `aws-region` if it is no Region name, such as one in quotes
 */
export function readRegion(config: SharedConfig, { profile, env }: ProfileName): string | undefined {
  const candidates = [
    ['AWS_REGION', env['AWS_REGION']],
    ['AWS_DEFAULT_REGION', env['AWS_DEFAULT_REGION']],
    [`region of profile ${profile}`, config.credentials(profile)?.['region']],
  ] as const;
  const [source, region] = candidates.find(([, value]) => value) ?? [];
  if (source === undefined || !region || isRegionName(region)) return region;
  throw new KeyturnError(
    'aws-region',
    `${source} is ${JSON.stringify(region)}, which is not the name of a Region.`,
    'Write it like eu-central-1, without quotes or spaces.',
  );
}

const isRegionName = (text: string): boolean => /^[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}$/.test(text);

/** Where to ask STS who the caller is. */
export interface RegionsToAsk {
  /** In the order to try: the configured Region if the scope is in its partition, then Regions of the scope. */
  readonly named: readonly string[];
  /** The Region of the partition that no account can disable, to ask after refusals. */
  readonly last: string;
}

/** Credentials are good in one partition only (kms-facts §8), and a disabled Region refuses good ones (§13.2). */
export function regionsToAsk(scope: readonly string[], configured: string | undefined): RegionsToAsk {
  const partitions = new Set(scope.map(partitionOf));
  const isOfScope =
    configured !== undefined && (scope.length === 0 || partitions.has(partitionOf(configured)));
  const named = [...new Set([...(isOfScope ? [configured] : []), ...scope])].slice(0, MOST_ASKED);
  return { named, last: homeRegion(named[0] ?? '') };
}

/** The Region of the same partition that no account can disable. */
export function homeRegion(region: string): string {
  const { implicitGlobalRegion } = partition(region) as { implicitGlobalRegion?: string };
  return implicitGlobalRegion ?? region;
}

const partitionOf = (region: string): string => partition(region).name;
