import { AwsError, validation } from '../error.ts';
import { type Input, integer, list, optionalText } from '../kms/input.ts';
import type { Account } from '../state/cloud.ts';
import { mayAdminister } from '../state/organization.ts';
import type { ServiceCall } from './call.ts';

/** ListRegions: at most 50 a page (kms-facts §2); the default of 20 is our assumption. */
export function listRegions(call: ServiceCall): Record<string, unknown> {
  const { input } = call;
  const statuses = list(input, 'RegionOptStatusContains');
  const all = [...accountAsked(call).regions]
    .filter(([, status]) => !statuses?.length || statuses.includes(status))
    .map(([RegionName, RegionOptStatus]) => ({ RegionName, RegionOptStatus }));
  const start = positionOf(input);
  const end = start + (integer(input, 'MaxResults', 1, 50) ?? 20);
  return {
    Regions: all.slice(start, end),
    ...(end < all.length && { NextToken: Buffer.from(`regions|${end}`).toString('base64') }),
  };
}

/** Others are named by who administers the organization; the management account may not name itself (§8). */
function accountAsked({ caller, cloud, input }: ServiceCall): Account {
  const id = optionalText(input, 'AccountId');
  if (id === undefined) return caller.account;
  if (!/^\d{12}$/.test(id)) throw validation('AccountId must be 12 digits.');
  const { organization, accounts } = cloud;
  const asked = organization?.members.has(id) ? accounts.get(id) : undefined;
  const isAllowed = organization && mayAdminister(organization, caller.account.id);
  if (asked && isAllowed && id !== organization.managementAccount) return asked;
  throw new AwsError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: account:ListRegions on account ${id}`,
  );
}

function positionOf(input: Input): number {
  const token = optionalText(input, 'NextToken');
  if (token === undefined) return 0;
  const [, position] = /^regions\|(\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (position === undefined) throw validation('The provided NextToken is not valid.');
  return Number(position);
}
