import type { AccountState } from '../settings/organization.ts';

/** The root or an organizational unit. */
export interface Unit {
  readonly id: string;
  readonly name: string;
  readonly children: Unit[];
  readonly members: Member[];
}

/** An account as Organizations knows it. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: AccountState;
  readonly joinedAt: number;
  readonly invited: boolean;
}

export interface Organization {
  readonly id: string;
  readonly managementAccount: string;
  readonly delegatedAdministrators: ReadonlySet<string>;
  readonly root: Unit;
  /** The root and every unit by id. */
  readonly units: ReadonlyMap<string, Unit>;
  /** By account id, in the order of ListAccounts. */
  readonly members: ReadonlyMap<string, Member>;
}

export const mayAdminister = (organization: Organization, account: string) =>
  organization.managementAccount === account || organization.delegatedAdministrators.has(account);
