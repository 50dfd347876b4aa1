import { AccountClient, ListRegionsCommand, type RegionOptStatus } from '@aws-sdk/client-account';
import * as z from 'zod';
import type { Answer } from '../workflow/ports.ts';
import type { AccountAccess } from './accounts.ts';
import { name, regionName, token, word } from './answer-text.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { Pace } from './pace.ts';
import { eachPage } from './pages.ts';

/** Calls per second and account: the quota of these is not published, and few calls are needed. */
const GENTLE = 5;

const A_PAGE = 50;
/** AWS has a few dozen. */
const MAX_REGIONS = 500;

const ENABLED: RegionOptStatus[] = ['ENABLED', 'ENABLED_BY_DEFAULT'];

const regionsPage = z.object({
  NextToken: token.optional(),
  Regions: z.array(z.object({ RegionName: regionName, RegionOptStatus: z.enum(ENABLED) })),
});
const describedRegions = z.object({
  Regions: z.array(z.object({ RegionName: regionName, Endpoint: name, OptInStatus: word })),
});

/** An account has Regions that are always enabled, so a list without any is not AWS's. */
function someRegions(operation: string, names: readonly string[], at: string): Answer<readonly string[]> {
  if (names.length > 0) return { ok: true, value: [...names].sort(), at };
  const message = 'the answer names no enabled Region, and every account has some';
  const failure = { operation, kind: 'malformed-answer', code: 'NoRegions', message } as const;
  return { ok: false, failure, at, certain: true };
}

/**
 * The Regions that an account has enabled, in the order of their names: account:ListRegions, or where that is not to
 * be had (denied, or not offered in the partition) ec2:DescribeRegions (kms-facts §8).
 */
export async function listEnabledRegions(
  reached: AccountAccess,
  context: CallContext,
): Promise<Answer<readonly string[]>> {
  const { access, region, credentials } = reached;
  const account = new AccountClient({ ...access.client('Account'), region, credentials });
  const listed = await listByAccount(account, context);
  if (listed.ok) return listed;
  const described = await describeByEc2(reached, context);
  // The first refusal is the one to mend.
  return described.ok ? described : listed;
}

/** Regions in the states ENABLED and ENABLED_BY_DEFAULT. */
async function listByAccount(
  client: AccountClient,
  context: CallContext,
): Promise<Answer<readonly string[]>> {
  const pace = new Pace(context.clock, GENTLE);
  const regions: string[] = [];
  const ended = await eachPage({
    operation: 'ListRegions',
    most: MAX_REGIONS,
    aPage: A_PAGE,
    fetch: (NextToken) =>
      call({
        operation: 'ListRegions',
        pace,
        ...context,
        patience: READ_PATIENCE,
        send: () =>
          client.send(
            new ListRegionsCommand({ MaxResults: A_PAGE, RegionOptStatusContains: ENABLED, NextToken }),
          ),
        parse: parseOutputWith(regionsPage),
      }),
    next: ({ NextToken }) => NextToken,
    take: ({ Regions }) => {
      regions.push(...Regions.map(({ RegionName }) => RegionName));
      return Regions.length;
    },
  });
  return ended.ok ? someRegions('ListRegions', regions, ended.at) : ended;
}

/** Without AllRegions, DescribeRegions names the enabled ones only. */
async function describeByEc2(
  { access, region, credentials }: AccountAccess,
  context: CallContext,
): Promise<Answer<readonly string[]>> {
  const { DescribeRegionsCommand, EC2Client } = await import('./ec2-client.ts');
  const client = new EC2Client({ ...access.client('EC2'), region, credentials });
  const described = await call({
    operation: 'DescribeRegions',
    pace: new Pace(context.clock, GENTLE),
    ...context,
    patience: READ_PATIENCE,
    send: () => client.send(new DescribeRegionsCommand({})),
    parse: parseOutputWith(describedRegions),
  });
  if (!described.ok) return described;
  const names = described.value.Regions.map(({ RegionName }) => RegionName);
  return someRegions('DescribeRegions', names, described.at);
}
