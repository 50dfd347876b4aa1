import { validation } from '../error.ts';
import { type Input, integer, list, optionalText } from '../kms/input.ts';
import type { Account } from '../state/cloud.ts';

/** ListRegions: at most 50 a page (kms-facts §2); the default of 20 is our assumption. */
export function listRegions(account: Account, input: Input): Record<string, unknown> {
  const statuses = list(input, 'RegionOptStatusContains');
  const all = [...account.regions]
    .filter(([, status]) => !statuses?.length || statuses.includes(status))
    .map(([RegionName, RegionOptStatus]) => ({ RegionName, RegionOptStatus }));
  const start = positionOf(optionalText(input, 'NextToken'));
  const end = start + (integer(input, 'MaxResults', 1, 50) ?? 20);
  return {
    Regions: all.slice(start, end),
    ...(end < all.length && { NextToken: Buffer.from(`regions|${end}`).toString('base64') }),
  };
}

function positionOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const [, position] = /^regions\|(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (position === undefined) throw validation('The provided NextToken is not valid.');
  return Number(position);
}
