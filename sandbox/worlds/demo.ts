import type { DenyRule } from '../settings/rule.ts';
import type { World } from './contents.ts';
import { AP_SOUTHEAST_2, EU_WEST_1, US_EAST_1 } from './demo/elsewhere.ts';
import { EU_CENTRAL_1 } from './demo/eu-central-1.ts';
import { demoKeyId, keysIn } from './demo/key.ts';

const REGIONS = {
  'eu-central-1': EU_CENTRAL_1,
  'eu-west-1': EU_WEST_1,
  'us-east-1': US_EAST_1,
  'ap-southeast-2': AP_SOUTHEAST_2,
};

/** Aliases that AWS lists before it has made the key. */
const RESERVED = ['alias/aws/ssm', 'alias/aws/sqs'];

/** One lifelike account: a little over 60 keys in eu-central-1, eu-west-1 and us-east-1. Ids follow from the seed. */
export function demoWorld(seed: string): World {
  const regions = Object.entries(REGIONS);
  return {
    keys: regions.flatMap(([region, table]) => keysIn(seed, region, table)),
    aliases: regions.flatMap(([region]) => RESERVED.map((name) => ({ region, name }))),
    deny: deniedIn(seed),
  };
}

/** What the policies of the sealed keys come to; policies themselves are not evaluated. */
function deniedIn(seed: string): DenyRule[] {
  const region = 'eu-central-1';
  const key = (name: string) => demoKeyId(seed, region, name);
  const contracts = [
    'GetKeyRotationStatus',
    'EnableKeyRotation',
    'GetKeyPolicy',
    'ListResourceTags',
  ] as const;
  return [
    { region, key: key('hr/payroll') },
    ...contracts.map((operation) => ({ region, operation, key: key('hr/contracts') })),
    { region, operation: 'EnableKeyRotation', key: key('treasury') },
  ];
}
