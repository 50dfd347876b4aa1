import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { DEFAULT_REGIONS } from '../../sandbox/state/regions.ts';
import { canBeNewRegion, KNOWN_REGIONS } from '../../src/model/regions.ts';

/** What the SDK says of a name: it describes the Regions that it knows. */
function describeRegion(region: string): string | undefined {
  const require = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-kms'));
  return require('@aws-sdk/core/client').partition(region).description;
}

describe('the known Regions', () => {
  it('are those of the installed SDK and of the sandbox', () => {
    for (const region of KNOWN_REGIONS) expect(describeRegion(region), region).toBeDefined();
    expect([...DEFAULT_REGIONS.keys()].filter((region) => !KNOWN_REGIONS.includes(region))).toEqual([]);
    for (const prefix of new Set(KNOWN_REGIONS.map((region) => region.replace(/\d+$/, ''))))
      for (let number = 1; number < 12; number++) {
        const region = `${prefix}${number}`;
        expect(KNOWN_REGIONS.includes(region), region).toBe(describeRegion(region) !== undefined);
      }
  });

  it('leave room for new ones, and none for a misspelt direction', () => {
    for (const region of ['eu-west-9', 'nz-north-1', 'us-southwest-1'])
      expect(canBeNewRegion(region)).toBe(true);
    for (const region of ['eu-wset-1', 'us-esat-1', 'eu-1', '']) expect(canBeNewRegion(region)).toBe(false);
  });
});
