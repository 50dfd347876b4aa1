import { KeyturnError } from '../../messages/error.ts';
import { adviseFailure } from '../../model/advice.ts';
import { adviseDenial } from '../../model/denial.ts';
import { describeFailure, type Failure } from '../../model/failure.ts';
import type { Place } from '../../model/place.ts';
import { EVERY_REGION, type UnreachablePlace } from '../../model/plan.ts';
import type { AccountProfile, AccountsAsked, NotAssessedAccount, RegionsAsked } from '../../model/rollout.ts';
import { concurrently } from '../concurrently.ts';
import type { Answer, AskedProfile, Aws, Caller, Mend } from '../ports.ts';
import { chooseProfiles } from '../reading/profiles.ts';
import { checkRegionNames, checkRegionsExist } from './check-regions.ts';

/** Which accounts and Regions to look at, as a person says it. */
export interface ScopeRequest {
  /** Regions by name, every enabled one, or the configured one where neither is given. */
  readonly regions: readonly string[];
  readonly allRegions: boolean;
  readonly excludeRegions: readonly string[];
  /** Accounts by id, those of the organization, or of organizational units; otherwise the caller's own, or those of the profiles. */
  readonly accounts: readonly string[];
  readonly organization: boolean;
  readonly units: readonly string[];
  /** Organizational units whose accounts are left out, nested ones included. */
  readonly excludedUnits: readonly string[];
  /** The role or the profile that lists the accounts, if it is another than the caller; for the record. */
  readonly listedBy?: string;
  readonly excludeAccounts: readonly string[];
}

/** What the request amounts to, asked of AWS. */
export interface ResolvedScope {
  /** Of several profiles, the first that is used. */
  readonly caller: Caller;
  /** The profiles whose accounts are looked at, where there are several to choose from. */
  readonly profiles?: readonly AccountProfile[];
  readonly accounts: readonly string[];
  /** What the accounts of an organization were resolved from. */
  readonly accountsAsked?: AccountsAsked;
  readonly regionsAsked: RegionsAsked;
  /** Every Region in which some account is looked at. */
  readonly regions: readonly string[];
  readonly places: readonly Place[];
  /** Accounts whose places are not known, since the account cannot be reached: one entry each, Region `*`. */
  readonly unreachable: readonly UnreachablePlace[];
  /** Accounts that are not active: named, and no error. */
  readonly notAssessed: readonly NotAssessedAccount[];
  /** Regions and accounts that were excluded and are not in scope anyway: probably misspelt. */
  readonly notExcluded: readonly string[];
  /** Enabled Regions of the caller's account that are not looked at; undefined where AWS does not say. */
  readonly regionsLeftOut?: readonly string[];
  readonly regionsUnknownBecause?: string;
}

const ACCOUNTS_AT_ONCE = 32;

/**
 * Resolves who is looked at and where, without listing a key.
 * @throws KeyturnError where the caller, the organization or, for one account, the Regions cannot be determined
 */
export async function resolveScope(aws: Aws, request: ScopeRequest): Promise<ResolvedScope> {
  refuseUnusedOrganization(request);
  // Before the first call: a missing Region is the caller's to mend, and AWS cannot be asked without one.
  const configured = request.regions.length > 0 ? [] : await aws.configuredRegions();
  const named = request.regions.length > 0 ? request.regions : request.allRegions ? undefined : configured;
  checkRegionNames(named ?? []);
  const { caller, accounts, notAssessed, profiles, listed } = await chooseAccounts(aws, request);
  const enabled = await aws.listEnabledRegions(caller.account);
  await checkRegionsExist(aws, accounts, named ?? [], enabled);
  if (named === undefined && !enabled.ok && accounts.length === 1) throw regionsUnknown(enabled.failure);
  const regionsAsked = { ...(named && { named: [...named] }), excluded: [...request.excludeRegions] };
  const { places, unreachable, excluded } = await resolvePlaces(aws, accounts, regionsAsked);
  const regions = named ?? places.map(({ region }) => region);
  const looked = [...new Set(regions)].filter((region) => !request.excludeRegions.includes(region)).sort();
  if (looked.length === 0 && unreachable.every(({ reason }) => reason === ALL_EXCLUDED))
    throw nothingInScope('Region');
  return {
    caller,
    accounts,
    ...accountsAsked(request),
    regionsAsked,
    regions: looked,
    places,
    unreachable,
    notAssessed,
    notExcluded: [
      ...request.excludeRegions.filter((region) => !excluded.has(region)),
      ...request.excludeAccounts.filter((account) => !listed.includes(account)),
    ],
    ...(profiles && { profiles }),
    ...(enabled.ok
      ? { regionsLeftOut: enabled.value.filter((region) => !looked.includes(region)) }
      : { regionsUnknownBecause: enabled.failure.code }),
  };
}

/** What a person asked of the organization; nothing if none was asked for. */
function accountsAsked(request: ScopeRequest): Pick<ResolvedScope, 'accountsAsked'> {
  const { organization, units, excludedUnits, accounts, excludeAccounts, listedBy } = request;
  if (!organization && units.length === 0) return {};
  const asked = {
    organization,
    units: [...units],
    excludedUnits: [...excludedUnits],
    named: [...accounts],
    excluded: [...excludeAccounts],
  };
  return { accountsAsked: { ...asked, ...(listedBy !== undefined && { listedBy }) } };
}

/** Options about an organization that is not asked for would have no effect, and a person relies on them. */
function refuseUnusedOrganization({ organization, units, excludedUnits, listedBy }: ScopeRequest): void {
  if (organization || units.length > 0 || (excludedUnits.length === 0 && listedBy === undefined)) return;
  throw new KeyturnError(
    'input-argument',
    '--exclude-ou, --org-role and --org-profile are about the accounts of an organization, and none is in scope.',
    'Add --org or --ou, or leave them out.',
  );
}

type ChosenAccounts = Pick<ResolvedScope, 'caller' | 'accounts' | 'notAssessed' | 'profiles'> & {
  /** All accounts before any was excluded. */
  readonly listed: readonly string[];
};

async function chooseAccounts(aws: Aws, request: ScopeRequest): Promise<ChosenAccounts> {
  const { accounts: named, organization, units, excludedUnits, excludeAccounts } = request;
  const asked = await aws.askProfiles();
  if (asked.length > 0) return accountsOfProfiles(asked, request);
  const caller = await aws.identify();
  if (!organization && units.length === 0) {
    const accounts = named.length > 0 ? named : [caller.account];
    return { caller, accounts: without(accounts, excludeAccounts), notAssessed: [], listed: accounts };
  }
  const listed = await aws.listAccounts(units, excludedUnits);
  if (!listed.ok) throw organizationUnknown(listed.failure);
  const wanted = listed.value.filter(({ id }) => !excludeAccounts.includes(id));
  const active = wanted.filter(({ state }) => state === 'ACTIVE').map(({ id }) => id);
  return {
    caller,
    accounts: without([...active, ...named], excludeAccounts),
    notAssessed: wanted.filter(({ state }) => state !== 'ACTIVE'),
    listed: [...listed.value.map(({ id }) => id), ...named],
  };
}

function accountsOfProfiles(
  asked: readonly AskedProfile[],
  { accounts: named, excludeAccounts }: ScopeRequest,
): ChosenAccounts {
  const wanted = named.filter((account) => !excludeAccounts.includes(account));
  if (named.length > 0 && wanted.length === 0) throw nothingInScope('account');
  const chosen = chooseProfiles(asked, wanted).filter(
    ({ caller }) => !excludeAccounts.includes(caller.account),
  );
  const [first] = chosen;
  if (!first) throw nothingInScope('account');
  const profiles = chosen.map(({ name, caller }) => ({ name, account: caller.account }));
  const accounts = profiles.map(({ account }) => account).sort();
  const listed = asked.flatMap((each) => (each.kind === 'answered' ? [each.caller.account] : []));
  return { caller: first.caller, accounts, notAssessed: [], profiles, listed };
}

function without(accounts: readonly string[], excluded: readonly string[]): string[] {
  const left = [...new Set(accounts)].filter((account) => !excluded.includes(account)).sort();
  if (left.length === 0) throw nothingInScope('account');
  return left;
}

/** Reaches each account and resolves its Regions. One that cannot be reached is one entry, Region `*`. */
export async function resolvePlaces(
  aws: Aws,
  accounts: readonly string[],
  { named, excluded }: RegionsAsked,
): Promise<{ places: Place[]; unreachable: UnreachablePlace[]; excluded: Set<string> }> {
  const places: Place[] = [];
  const left = new Set<string>();
  const unreachable: UnreachablePlace[] = [];
  await concurrently(accounts, ACCOUNTS_AT_ONCE, async (account) => {
    const regions = await regionsOf(aws, account, named);
    if (!regions.ok) {
      unreachable.push({ account, region: EVERY_REGION, ...mendAccount(regions.failure, account) });
      return;
    }
    for (const region of new Set(regions.value)) {
      if (excluded.includes(region)) left.add(region);
      else places.push({ account, region });
    }
    // An account of the scope has an entry, or the evidence would not say what became of it.
    if (!named && regions.value.every((region) => excluded.includes(region))) {
      const fix = `Exclude fewer Regions, or leave the account out with --exclude-account ${account}.`;
      unreachable.push({ account, region: EVERY_REGION, reason: ALL_EXCLUDED, fix });
    }
  });
  return { places: places.sort(byPlace), unreachable: unreachable.sort(byPlace), excluded: left };
}

const ALL_EXCLUDED = 'every enabled Region of the account is excluded';

/** The account is reached first: whoever cannot be reached has no Regions to speak of. */
async function regionsOf(
  aws: Aws,
  account: string,
  named: readonly string[] | undefined,
): Promise<Answer<readonly string[]>> {
  const reached = await aws.reach(account);
  if (!reached.ok) return reached;
  return named ? { ...reached, value: named } : aws.listEnabledRegions(account);
}

const byPlace = (a: Place, b: Place): number =>
  a.account === b.account ? compare(a.region, b.region) : compare(a.account, b.account);
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function mendAccount(failure: Failure, account: string): Mend {
  const { operation, kind } = failure;
  const said = describeFailure(failure);
  if (kind === 'credentials') {
    return {
      reason: `there are no credentials for the account: ${said}`,
      fix: `Renew them, or name a --profile of account ${account}, then assess again.`,
    };
  }
  if (kind !== 'access-denied') {
    const fix = adviseFailure(failure, { account }) ?? 'Assess again.';
    return { reason: `the account cannot be reached: ${said}`, fix };
  }
  const what = operation === 'AssumeRole' ? 'the role cannot be assumed' : 'its Regions cannot be listed';
  return { reason: `${what}: ${said}`, fix: adviseDenial(failure, { account }) };
}

function organizationUnknown(failure: Failure): KeyturnError {
  if (UNKNOWN_UNIT.has(failure.code)) {
    return new KeyturnError(
      'input-argument',
      `An organizational unit was not found: ${describeFailure(failure)}.`,
      'Check the ids of --ou and --exclude-ou with: aws organizations list-organizational-units-for-parent',
    );
  }
  return notListed('The accounts', failure, 'name the accounts with --account');
}

const UNKNOWN_UNIT = new Set([
  'ParentNotFoundException',
  'OrganizationalUnitNotFoundException',
  'InvalidInputException',
]);

const regionsUnknown = (failure: Failure): KeyturnError =>
  notListed('The enabled Regions', failure, 'name the Regions with --region');

function notListed(what: string, failure: Failure, otherwise: string): KeyturnError {
  const isDenied = failure.kind === 'access-denied';
  return new KeyturnError(
    isDenied ? 'aws-denied' : 'aws-failed',
    `${what} cannot be listed: ${describeFailure(failure)}.`,
    isDenied
      ? `${adviseDenial(failure, {})} Or ${otherwise}.`
      : `${RETRY[failure.code] ?? 'Try again'}, or ${otherwise}.`,
  );
}

const RETRY: Readonly<Record<string, string>> = {
  AWSOrganizationsNotInUseException: 'Use credentials of an account in the organization',
};

function nothingInScope(what: string): KeyturnError {
  return new KeyturnError(
    'input-argument',
    `No ${what} is left in scope.`,
    `Exclude fewer, or name another.`,
  );
}
