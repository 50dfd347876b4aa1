/** The Regions that the AWS SDK knows, by partition; a test holds the list against the installed SDK. */
export const KNOWN_REGIONS: readonly string[] = [
  ...[
    'af-south-1',
    'ap-east-1',
    'ap-east-2',
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
  ],
  ...['ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5'],
  ...['ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'eu-central-1', 'eu-central-2'],
  ...['eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'il-central-1'],
  ...['me-central-1', 'me-south-1', 'me-west-1', 'mx-central-1', 'sa-east-1', 'sa-west-1', 'us-east-1'],
  ...[
    'us-east-2',
    'us-west-1',
    'us-west-2',
    'cn-north-1',
    'cn-northwest-1',
    'eusc-de-east-1',
    'us-iso-east-1',
  ],
  ...['us-iso-west-1', 'us-isob-east-1', 'us-isob-west-1', 'eu-isoe-west-1', 'us-isof-east-1'],
  ...['us-isof-south-1', 'us-gov-east-1', 'us-gov-west-1'],
];

const known = new Set(KNOWN_REGIONS);
/** The word before the number: `central` of `eu-central-1`. */
const directionOf = (region: string): string => region.split('-').at(-2) ?? '';
const directions = new Set([...KNOWN_REGIONS.map(directionOf), 'northwest', 'southwest']);

export const isKnownRegion = (region: string): boolean => known.has(region);

/** Whether it can be a Region that is newer than this list: its last word is a direction, as in every Region. */
export const canBeNewRegion = (region: string): boolean => directions.has(directionOf(region));
