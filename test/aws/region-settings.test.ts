import { describe, expect, it } from 'vitest';
import { readRegion, regionsToAsk } from '../../src/aws/region-settings.ts';
import type { SharedConfig } from '../../src/aws/shared-config.ts';

const config = (region?: string): SharedConfig => {
  const section = () => (region === undefined ? undefined : { region });
  return { settings: section, credentials: section, section: () => undefined };
};
const read = (env: NodeJS.ProcessEnv, region?: string) => readRegion(config(region), { profile: 'p', env });

describe('the configured Region', () => {
  it('is AWS_REGION, AWS_DEFAULT_REGION, or the profile’s', () => {
    const both = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
    expect(read(both, 'eu-west-3')).toBe('eu-west-1');
    expect(read({ ...both, AWS_REGION: '' }, 'eu-west-3')).toBe('eu-west-2');
    expect(read({}, 'eu-west-3')).toBe('eu-west-3');
    expect(read({})).toBe(undefined);
  });

  it.each([
    'us-east-1 ',
    '"us-east-1"',
    "'us-east-1'",
    'US-EAST-1',
    'us-east-1-fips',
    'us east 1',
    'us-east-1\n',
  ])('%j is refused with what it stands in', (word) => {
    const refused = (source: string) =>
      expect.objectContaining({ code: 'aws-region', message: expect.stringContaining(source) });
    expect(() => read({ AWS_REGION: word })).toThrow(refused('AWS_REGION is'));
    expect(() => read({ AWS_DEFAULT_REGION: word })).toThrow(refused('AWS_DEFAULT_REGION is'));
    expect(() => read({}, word)).toThrow(refused('region of profile p is'));
  });
});

it.each([
  ['the configured one first', ['eu-west-1'], 'eu-central-1', ['eu-central-1', 'eu-west-1'], 'us-east-1'],
  [
    'none of another partition',
    ['us-gov-west-1', 'us-gov-east-1'],
    'us-east-1',
    ['us-gov-west-1', 'us-gov-east-1'],
    'us-gov-west-1',
  ],
  ['China', ['cn-north-1'], 'us-east-1', ['cn-north-1'], 'cn-northwest-1'],
  ['the sovereign cloud', ['eusc-de-east-1'], 'eu-central-1', ['eusc-de-east-1'], 'eusc-de-east-1'],
  ['nothing named', [], 'us-gov-east-1', ['us-gov-east-1'], 'us-gov-west-1'],
  ['nothing configured', ['me-south-1', 'me-south-1'], undefined, ['me-south-1'], 'us-east-1'],
] as const)('STS is asked in the partition of the scope: %s', (_, scope, configured, named, last) => {
  expect(regionsToAsk(scope, configured)).toEqual({ named, last });
});
