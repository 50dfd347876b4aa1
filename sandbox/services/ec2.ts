import { AwsError } from '../error.ts';
import { type Input, optionalText } from '../kms/input.ts';
import type { RegionOptStatus } from '../settings/names.ts';
import { partitionOf } from '../state/cloud.ts';
import type { ServiceCall } from './call.ts';
import { words } from './form.ts';

interface Described {
  readonly regionName: string;
  readonly regionEndpoint: string;
  readonly optInStatus: string;
}

/** DescribeRegions: those that are enabled, or all with whether the account opted in (kms-facts §8). */
export function describeRegions({ caller, input }: ServiceCall): Record<string, unknown> {
  const all = [...caller.account.regions].map(([region, status]) => described(region, status));
  const named = words(input, 'RegionName');
  const unknown = named.find((name) => !all.some(({ regionName }) => regionName === name));
  if (unknown !== undefined)
    throw new AwsError('InvalidParameterValue', `Invalid region provided: ${unknown}`);
  const withAll = optionalText(input, 'AllRegions') === 'true';
  const filters = filtersIn(input);
  return {
    regionInfo: all.filter(
      (region) =>
        (withAll || region.optInStatus !== 'not-opted-in') &&
        (named.length === 0 || named.includes(region.regionName)) &&
        filters.every((passes) => passes(region)),
    ),
  };
}

const described = (region: string, status: RegionOptStatus): Described => ({
  regionName: region,
  regionEndpoint: `ec2.${region}.amazonaws.com${partitionOf(region) === 'aws-cn' ? '.cn' : ''}`,
  optInStatus: optInStatusOf(status),
});

function optInStatusOf(status: RegionOptStatus): string {
  if (status === 'ENABLED_BY_DEFAULT') return 'opt-in-not-required';
  return status === 'ENABLED' ? 'opted-in' : 'not-opted-in';
}

const FILTERS: Readonly<Record<string, keyof Described>> = {
  endpoint: 'regionEndpoint',
  'opt-in-status': 'optInStatus',
  'region-name': 'regionName',
};

function filtersIn(input: Input): ((region: Described) => boolean)[] {
  const passes: ((region: Described) => boolean)[] = [];
  for (let n = 1; ; n++) {
    const name = optionalText(input, `Filter.${n}.Name`);
    if (name === undefined) return passes;
    const field = FILTERS[name];
    if (field === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    const values = words(input, `Filter.${n}.Value`);
    passes.push((region) => values.includes(region[field]));
  }
}
