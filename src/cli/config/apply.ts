import { type Command, InvalidArgumentError, type Option } from 'commander';
import { KeyturnError } from '../../messages/error.ts';
import type { Config } from './parse.ts';
import type { ConfigKey } from './schema.ts';

/** The option that each key sets, where it is named otherwise. */
const OPTION_OF: Partial<Record<ConfigKey, string>> = {
  regions: 'region',
  excludeRegions: 'excludeRegion',
  organization: 'org',
  accounts: 'account',
  organizationalUnits: 'ou',
  excludeAccounts: 'excludeAccount',
  excludeOrganizationalUnits: 'excludeOu',
  organizationRole: 'orgRole',
  organizationProfile: 'orgProfile',
  trustedApprovers: 'trustApprover',
};

/** A flag that names accounts takes the place of every way to name them in the file. */
const WHICH_ACCOUNTS = ['org', 'account', 'ou'];

/** What is said about the listing of an organization's accounts: nothing if accounts are named instead. */
const ABOUT_LISTING = ['excludeOu', 'orgRole', 'orgProfile'];
/** Several profiles take the place of roles, and roles that of several profiles. */
const THROUGH_ROLES = ['org', 'ou', 'roleName', 'configureRoleName', ...ABOUT_LISTING];
const isSeveral = (value: unknown): boolean => Array.isArray(value) && value.length > 1;

/** The option and its value, as its flag would have set it. */
export function optionOf(key: ConfigKey, value: unknown): { name: string; value: unknown } {
  if (key === 'regions' && value === 'all') return { name: 'allRegions', value: true };
  return { name: OPTION_OF[key] ?? key, value };
}

/** Puts the values of the file where the command has the option and the command line says nothing of it. */
export function applyConfig(config: Config, command: Command): void {
  for (const [key, given] of Object.entries(config.values)) {
    const { name, value } = optionOf(key as ConfigKey, given);
    const isElsewhere = isView(command, name) || (isSeveral(value) && isRemembered(command, name));
    const found = isElsewhere ? undefined : findOption(command, name);
    if (!found || flagInstead(command, name, value)) continue;
    const asFlag = parseAsFlag(found.option, value, `${config.file}, line ${config.lines[key as ConfigKey]}`);
    found.owner.setOptionValueWithSource(name, asFlag, 'config');
  }
}

/** `list --where` looks at a part of what there is; a file says what a rollout is about. */
const isView = (command: Command, name: string): boolean => command.name() === 'list' && name === 'where';

/** A rollout remembers the profiles that it began with; a list in the file is for those that begin. */
function isRemembered(command: Command, name: string): boolean {
  const { resume, rollout } = command.optsWithGlobals();
  return name === 'profile' && (!findOption(command, 'org') || resume === true || rollout !== undefined);
}

/**
 * The flag of this command line that stands in for the option of the file, or excludes it.
 * @param value what the file has, where it has the option
 */
export function flagInstead(command: Command, name: string, value: unknown): string | undefined {
  const rivals = optionsOf(command).flatMap(({ option }) => {
    if (option.attributeName() === name) return [name, ...conflictsOf(option)];
    return conflictsOf(option).includes(name) ? [option.attributeName()] : [];
  });
  const all = [
    ...rivals,
    ...(WHICH_ACCOUNTS.includes(name) ? WHICH_ACCOUNTS : []),
    ...(name === 'profile' && isSeveral(value) ? THROUGH_ROLES : []),
    ...(THROUGH_ROLES.includes(name) && isSeveral(command.optsWithGlobals()['profile']) ? ['profile'] : []),
  ];
  const isGiven = (rival: string) => command.getOptionValueSourceWithGlobals(rival) === 'cli';
  if (ABOUT_LISTING.includes(name) && isGiven('account') && !isGiven('org') && !isGiven('ou'))
    return 'account';
  return all.find(isGiven);
}

interface Owned {
  readonly owner: Command;
  readonly option: Option;
}

/** The options that may be given with a command: its own and those of the commands above it. */
function optionsOf(command: Command): Owned[] {
  const own = command.options.map((option) => ({ owner: command, option }));
  return command.parent ? [...own, ...optionsOf(command.parent)] : own;
}

export const findOption = (command: Command, name: string): Owned | undefined =>
  optionsOf(command).find(({ option }) => option.attributeName() === name);

// Commander keeps what `conflicts` was given, and does not declare it.
const conflictsOf = (option: Option): readonly string[] =>
  (option as Option & { readonly conflictsWith?: readonly string[] }).conflictsWith ?? [];

/** What the schema carries as text may still have to pass the rule of its flag. */
function parseAsFlag({ parseArg }: Option, value: unknown, where: string): unknown {
  if (typeof value !== 'string' || !parseArg) return value;
  try {
    return parseArg(value, undefined);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new KeyturnError('input-config', `${where}: ${error.message}`, 'Mend it there.', { cause: error });
  }
}
