import { epochSeconds } from '../clock.ts';
import { AwsError } from '../error.ts';
import { text } from '../kms/input.ts';
import type { AccountState } from '../settings/organization.ts';
import { partitionOf } from '../state/cloud.ts';
import { type Member, mayAdminister, type Organization, type Unit } from '../state/organization.ts';
import type { ServiceCall, ServiceOperation } from './call.ts';
import { invalidInput, pageOf } from './page.ts';

type Fields = Record<string, unknown>;

/** DescribeOrganization: any member may ask. */
function describeOrganization(call: ServiceCall): Fields {
  const organization = organizationFor(call);
  const { id, managementAccount, members } = organization;
  return {
    Organization: {
      Id: id,
      Arn: arnIn(call, organization, `organization/${id}`),
      FeatureSet: 'ALL',
      MasterAccountId: managementAccount,
      MasterAccountArn: arnIn(call, organization, `account/${id}/${managementAccount}`),
      MasterAccountEmail: members.get(managementAccount)?.email,
      AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    },
  };
}

function listAccounts(call: ServiceCall): Fields {
  const organization = administered(call);
  return accountsPage(call, organization, '', [...organization.members.values()]);
}

/** ListAccountsForParent: the accounts right under the root or a unit, not those of units below. */
function listAccountsForParent(call: ServiceCall): Fields {
  const organization = administered(call);
  const parent = parentIn(call, organization);
  return accountsPage(call, organization, parent.id, parent.members);
}

function listRoots(call: ServiceCall): Fields {
  const organization = administered(call);
  const { items, rest } = pageOf(call, '', [organization.root]);
  const Roots = items.map(({ id, name }) => ({
    Id: id,
    Arn: arnIn(call, organization, `root/${organization.id}/${id}`),
    Name: name,
    PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
  }));
  return { Roots, ...rest };
}

function listOrganizationalUnitsForParent(call: ServiceCall): Fields {
  const organization = administered(call);
  const parent = parentIn(call, organization);
  const { items, rest } = pageOf(call, parent.id, parent.children);
  const OrganizationalUnits = items.map(({ id, name }) => ({
    Id: id,
    Arn: arnIn(call, organization, `ou/${organization.id}/${id}`),
    Name: name,
  }));
  return { OrganizationalUnits, ...rest };
}

export const ORGANIZATIONS: ReadonlyMap<string, ServiceOperation> = new Map([
  ['DescribeOrganization', describeOrganization],
  ['ListAccounts', listAccounts],
  ['ListAccountsForParent', listAccountsForParent],
  ['ListRoots', listRoots],
  ['ListOrganizationalUnitsForParent', listOrganizationalUnitsForParent],
]);

function organizationFor({ caller, cloud: { organization } }: ServiceCall): Organization {
  if (organization?.members.has(caller.account.id)) return organization;
  throw new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.');
}

function administered(call: ServiceCall): Organization {
  const organization = organizationFor(call);
  if (mayAdminister(organization, call.caller.account.id)) return organization;
  throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");
}

function parentIn({ input }: ServiceCall, { units }: Organization): Unit {
  const id = text(input, 'ParentId');
  if (!/^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/.test(id))
    throw invalidInput('INVALID_PATTERN');
  const unit = units.get(id);
  if (unit) return unit;
  throw new AwsError('ParentNotFoundException', `You specified parent '${id}' that doesn't exist.`);
}

function accountsPage(
  call: ServiceCall,
  organization: Organization,
  scope: string,
  members: readonly Member[],
): Fields {
  const { items, rest } = pageOf(call, scope, members);
  return { Accounts: items.map((member) => accountFields(call, organization, member)), ...rest };
}

function accountFields(call: ServiceCall, organization: Organization, member: Member): Fields {
  const { accountFields: shown = 'State' } = call.settings.organization ?? {};
  return {
    Id: member.id,
    Arn: arnIn(call, organization, `account/${organization.id}/${member.id}`),
    Email: member.email,
    Name: member.name,
    ...(shown !== 'Status' && { State: member.state }),
    ...(shown !== 'State' && { Status: STATUS[member.state] }),
    JoinedMethod: member.invited ? 'INVITED' : 'CREATED',
    JoinedTimestamp: epochSeconds(member.joinedAt),
  };
}

/** The old field knew three values. */
const STATUS: Readonly<Record<AccountState, string>> = {
  ACTIVE: 'ACTIVE',
  PENDING_ACTIVATION: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  CLOSED: 'SUSPENDED',
  PENDING_CLOSURE: 'PENDING_CLOSURE',
};

const arnIn = ({ region }: ServiceCall, { managementAccount }: Organization, resource: string) =>
  `arn:${partitionOf(region)}:organizations::${managementAccount}:${resource}`;
