import type { RegionOptStatus } from '../settings/names.ts';
import type { SandboxSettings } from '../settings.ts';
import { type Account, type Cloud, partitionOf } from '../state/cloud.ts';
import { DEFAULT_REGIONS } from '../state/regions.ts';

/** Gives every account its Regions and its caller, as the settings have them now. */
export function describeAccounts(cloud: Cloud, settings: SandboxSettings): void {
  const regions = settings.regions ? new Map(Object.entries(settings.regions)) : DEFAULT_REGIONS;
  const own = new Map(settings.organization?.accounts?.map((member) => [member.id, member.regions]));
  for (const account of cloud.accounts.values()) {
    account.regions = withOwn(regions, own.get(account.id));
    account.callerArn = callerOf(account);
  }
  cloud.home.callerArn = settings.callerArn ?? cloud.home.callerArn;
}

const withOwn = (
  regions: ReadonlyMap<string, RegionOptStatus>,
  own: Readonly<Record<string, RegionOptStatus>> | undefined,
) => (own ? new Map([...regions, ...Object.entries(own)]) : regions);

function callerOf({ id, regions }: Account): string {
  const [region = 'us-east-1'] = regions.keys();
  return `arn:${partitionOf(region)}:iam::${id}:user/keyturn`;
}
