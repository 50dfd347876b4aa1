import { isUnitId } from '../settings/organization.ts';
import type { SandboxSettings } from '../settings.ts';

/** What no single setting shows: accounts that are named and do not exist, or exist twice, or cannot be so. */
export function problemsOf(
  settings: SandboxSettings,
  accounts: { has(id: string): boolean },
  managementAccount: string,
): string[] {
  const { organization = {}, keys = [], aliases = [] } = settings;
  const { accounts: members = [], delegatedAdministrators = [], generate } = organization;
  const missing = (id: string | undefined) => id !== undefined && !accounts.has(id);
  const problems: string[] = [];
  const check = (broken: boolean, where: string, why: string) => {
    if (broken) problems.push(`${where}: ${why}`);
  };
  for (const [index, { account }] of keys.entries()) {
    check(missing(account), `keys[${index}].account`, 'is not one of the accounts');
  }
  for (const [index, { account }] of aliases.entries()) {
    check(missing(account), `aliases[${index}].account`, 'is not one of the accounts');
  }
  for (const [index, id] of delegatedAdministrators.entries()) {
    const where = `organization.delegatedAdministrators[${index}]`;
    check(missing(id), where, 'is not one of the accounts');
    check(id === managementAccount, where, 'the management account needs no delegation');
  }
  const [root] = members.flatMap(({ ou }) => (ou !== undefined && isUnitId(ou) ? [ou.split('-')[1]] : []));
  for (const [index, { id, deniedRegions = [], state = 'ACTIVE', ou }] of members.entries()) {
    const where = `organization.accounts[${index}]`;
    const isManagement = id === managementAccount;
    check(members.findIndex((other) => other.id === id) < index, `${where}.id`, 'is given twice');
    check(
      isManagement && deniedRegions.length > 0,
      `${where}.deniedRegions`,
      'no SCP binds the management account',
    );
    check(isManagement && state !== 'ACTIVE', `${where}.state`, 'the management account is always ACTIVE');
    const elsewhere = ou !== undefined && isUnitId(ou) && ou.split('-')[1] !== root;
    check(elsewhere, `${where}.ou`, 'belongs to another root than the units before it');
  }
  for (const [index, region] of (generate?.regions ?? []).entries()) {
    const unknown = settings.regions !== undefined && !(region in settings.regions);
    check(unknown, `organization.generate.regions[${index}]`, 'is not one of the regions given');
  }
  return problems;
}
