import type { RegionOptStatus } from '../settings/names.ts';

/** Regions that every account has enabled: those launched before 20 March 2019 (kms-facts §8). */
export const BY_DEFAULT = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

const OPT_IN: Record<string, RegionOptStatus> = {
  'af-south-1': 'DISABLED',
  'ap-east-1': 'DISABLED',
  'ap-east-2': 'DISABLED',
  'ap-south-2': 'DISABLED',
  'ap-southeast-3': 'DISABLED',
  'ap-southeast-4': 'DISABLED',
  'ap-southeast-5': 'DISABLED',
  'ap-southeast-6': 'DISABLED',
  'ap-southeast-7': 'DISABLED',
  'ca-west-1': 'DISABLED',
  'eu-central-2': 'ENABLED',
  'eu-south-1': 'ENABLED',
  'eu-south-2': 'DISABLED',
  'il-central-1': 'DISABLED',
  'me-central-1': 'DISABLED',
  'me-south-1': 'DISABLED',
  'mx-central-1': 'DISABLED',
};

/** The Regions of the aws partition (kms-facts §8): 17 on by default, two of the others opted into. */
export const DEFAULT_REGIONS: ReadonlyMap<string, RegionOptStatus> = new Map([
  ...BY_DEFAULT.map((region) => [region, 'ENABLED_BY_DEFAULT'] as const),
  ...Object.entries(OPT_IN),
]);

/** Requests of an account are accepted in a Region of this status; `undefined` is a Region nobody knows. */
export const isOpen = (status: RegionOptStatus | undefined) =>
  status === 'ENABLED' || status === 'ENABLED_BY_DEFAULT' || status === 'DISABLING';
