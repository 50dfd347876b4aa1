import type { Failure } from './failure.ts';
import { EVERY_REGION } from './plan.ts';

/** The kinds of policies that AWS names in a denial (kms-facts §13.5). */
export const POLICY_TYPES = [
  'identity-based policy',
  'resource-based policy',
  'permissions boundary',
  'session policy',
  'service control policy',
  'resource control policy',
  'VPC endpoint policy',
  'role trust policy',
] as const;
export type PolicyType = (typeof POLICY_TYPES)[number];

/** What AWS's message says of a denial. For advice alone: findings and outcomes follow from the code. */
export interface Denial {
  /** As AWS names it: `kms:ListKeys`. */
  readonly action: string;
  readonly policy?: PolicyType;
  /** Whether a statement denies it; otherwise none allows it. */
  readonly explicit: boolean;
  readonly policyArn?: string;
}

const TYPES = POLICY_TYPES.join('|');
const EXPLICIT = new RegExp(
  `with an explicit deny in (?:an?|the) (${TYPES})(?:: (arn:[\\w:/.+=,@-]+))?`,
  'i',
);
const IMPLICIT = new RegExp(`because no (${TYPES}) allows`, 'i');
const ACTION = /is not authorized to perform: ([a-z0-9-]{2,30}:[A-Za-z]{2,60})/;

/** Reads the message of an access-denied failure; its operation stands in for an action that AWS does not name. */
export function parseDenial({ operation, message }: Pick<Failure, 'operation' | 'message'>): Denial {
  const action = ACTION.exec(message)?.[1] ?? `${serviceOf(operation)}:${operation}`;
  const [, denying, policyArn] = EXPLICIT.exec(message) ?? [];
  const policy = typeOf(denying ?? IMPLICIT.exec(message)?.[1]);
  return {
    action,
    explicit: denying !== undefined,
    ...(policy && { policy }),
    ...(policyArn !== undefined && { policyArn }),
  };
}

const typeOf = (said: string | undefined): PolicyType | undefined =>
  POLICY_TYPES.find((type) => type.toLowerCase() === said?.toLowerCase());

const SERVICE_OF: Readonly<Record<string, string>> = {
  AssumeRole: 'sts',
  GetCallerIdentity: 'sts',
  ListRegions: 'account',
  DescribeRegions: 'ec2',
  ListAccounts: 'organizations',
  ListAccountsForParent: 'organizations',
  ListOrganizationalUnitsForParent: 'organizations',
  DescribeOrganization: 'organizations',
};

const serviceOf = (operation: string): string => SERVICE_OF[operation] ?? 'kms';

/** Where a call was refused, as far as that is known; Region `*` stands for none. */
export interface Whereabouts {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** What a person can do about a denial: one or two imperatives that fit the policy that AWS names. */
export function adviseDenial(failure: Pick<Failure, 'operation' | 'message'>, where: Whereabouts): string {
  const denial = parseDenial(failure);
  return denial.policy === undefined
    ? adviseUnnamed(denial, where)
    : ADVICE[denial.policy](denial, where, named(denial));
}

/** `the service control policy arn:…`, which is in AWS's message and therefore as hostile as that. */
const named = ({ policy, policyArn }: Denial): string => (policyArn ? `${policy} ${policyArn}` : `${policy}`);

type Advise = (denial: Denial, where: Whereabouts, policy: string) => string;

const ADVICE: Readonly<Record<PolicyType, Advise>> = {
  'service control policy': (denial, where, policy) =>
    denial.explicit
      ? `Have the ${policy} exempt this principal, or ${leaveOut(denial, where)}. No IAM policy can allow what it denies.`
      : `Allow ${denial.action} in the service control policies at every level above the account.`,
  'resource control policy': ({ explicit, action }, _, policy) =>
    explicit
      ? `Have the ${policy} exempt this principal. No IAM or key policy can allow what it denies.`
      : `Allow ${action} in the resource control policies at every level above the account.`,
  'permissions boundary': (denial, _, policy) =>
    `${change(denial, policy)} of this principal. An IAM policy alone cannot allow more than it.`,
  'session policy': (denial, _, policy) =>
    `${change(denial, policy)} with which this session was started, or start it without one.`,
  'VPC endpoint policy': (denial, { region }, policy) =>
    `${change(denial, policy)} of the endpoint for ${serviceIn(denial)}${isNamed(region) ? ` in ${region}` : ''}.`,
  'identity-based policy': (denial, _, policy) =>
    denial.explicit
      ? `Take ${denial.action} out of the Deny in the ${policy} of this principal.`
      : `Allow ${denial.action} in an IAM policy of this principal.`,
  'resource-based policy': (denial) => adviseResource(denial),
  'role trust policy': (denial) => adviseResource(denial),
};

const change = ({ explicit, action }: Denial, policy: string): string =>
  explicit ? `Take ${action} out of the Deny in the ${policy}` : `Allow ${action} in the ${policy}`;

/** The policy of a key or of a role. */
function adviseResource({ explicit, action }: Denial): string {
  if (action.startsWith('sts:')) {
    return explicit
      ? `Take ${action} out of the Deny in the trust policy of the role.`
      : `Let the trust policy of the role allow ${action} to this caller.`;
  }
  return explicit
    ? `Take ${action} out of the Deny in the key policy.`
    : `Allow ${action} in the key policy, or let the key policy delegate to the account.`;
}

function leaveOut({ action }: Denial, { account, region }: Whereabouts): string {
  if (action.startsWith('kms:') && isNamed(region))
    return `leave the Region out with --exclude-region ${region}`;
  if (account !== undefined) return `leave the account out with --exclude-account ${account}`;
  return 'name the accounts with --account';
}

const isNamed = (region: string | undefined): region is string =>
  region !== undefined && region !== EVERY_REGION;
const serviceIn = ({ action }: Denial): string => action.split(':')[0] ?? '';

/** AWS does not always say which policy it was. */
function adviseUnnamed({ action }: Denial, { account }: Whereabouts): string {
  switch (action) {
    case 'kms:ListKeys':
    case 'kms:ListAliases':
      return `Allow ${action} on * in an IAM policy of this principal (key policies have no say in it).`;
    case 'sts:AssumeRole':
      return `${account === undefined ? 'Let the role trust' : `Deploy the role in account ${account}, let it trust`} this caller, and let this caller assume it (sts:AssumeRole).`;
    case 'sts:SetSourceIdentity':
    case 'sts:TagSession':
      return `Let the trust policy of the role and an IAM policy of this caller allow ${action}.`;
    case 'account:ListRegions':
    case 'ec2:DescribeRegions':
      return 'Allow account:ListRegions for this principal, or name the Regions with --region.';
  }
  return action.startsWith('organizations:')
    ? `Run it in the management account or a delegated administrator with ${action}, or name the accounts with --account.`
    : `Allow ${action} for this principal in IAM and in the key policy.`;
}
