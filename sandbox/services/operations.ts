import { listRegions } from './account.ts';
import { assumeRole } from './assume-role.ts';
import type { ServiceOperation } from './call.ts';
import { describeRegions } from './ec2.ts';
import { ORGANIZATIONS } from './organizations.ts';
import { getCallerIdentity } from './sts.ts';

type Operations = ReadonlyMap<string, ServiceOperation>;

/** What is answered besides KMS. */
export const SERVICES: Readonly<Record<'sts' | 'account' | 'organizations' | 'ec2', Operations>> = {
  sts: new Map([
    ['GetCallerIdentity', getCallerIdentity],
    ['AssumeRole', assumeRole],
  ]),
  account: new Map([['ListRegions', listRegions]]),
  organizations: ORGANIZATIONS,
  ec2: new Map([['DescribeRegions', describeRegions]]),
};
