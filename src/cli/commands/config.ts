import type { Command } from 'commander';
import { KeyturnError } from '../../messages/error.ts';
import { forTerminal } from '../../report/escape.ts';
import { renderTable } from '../../report/table.ts';
import { explain, type Setting } from '../config/explain.ts';
import type { Config } from '../config/parse.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printJson } from '../show/print.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { type AssessOptions, rolesOf } from './assess.ts';

/** `keyturn config check`: says what the flags, the file and the defaults come to, without asking AWS. */
export async function runConfigCheck(command: Command, config: Config | undefined): Promise<ExitCode> {
  const options = command.optsWithGlobals<AssessOptions>();
  const terminal = openTerminal(options);
  refuseEmptyScope(options);
  const settings = explain(command, config);
  if (terminal.json) await printJson(terminal, toJson(options, settings, config));
  else await showSettings(terminal, options, settings, config);
  return EXIT.done;
}

function refuseEmptyScope({ region, excludeRegion, org, ou, account, excludeAccount }: AssessOptions): void {
  const problems = [
    ...(isAllExcluded(region, excludeRegion) ? ['Each Region that is named is left out again.'] : []),
    ...(!org && !ou && isAllExcluded(account, excludeAccount)
      ? ['Each account that is named is left out again.']
      : []),
  ];
  if (problems.length === 0) return;
  throw new KeyturnError('input-config', 'Nothing is left in scope:', 'Exclude fewer, or name another.', {
    problems,
  });
}

const isAllExcluded = (named: readonly string[] = [], excluded: readonly string[] = []): boolean =>
  named.length > 0 && named.every((each) => excluded.includes(each));

function toJson(options: AssessOptions, settings: readonly Setting[], config: Config | undefined) {
  const { accounts, regions } = describeScope(options);
  return { file: config?.file ?? null, accounts, regions, roles: rolesOf(options) ?? null, settings };
}

async function showSettings(
  terminal: Terminal,
  options: AssessOptions,
  settings: readonly Setting[],
  config: Config | undefined,
): Promise<void> {
  const { accounts, regions } = describeScope(options);
  const roles = rolesOf(options);
  const rows = [
    ['Accounts', accounts],
    ['Regions', regions],
    ['Roles', roles ? `${roles.assess} to read, ${roles.configure} to change` : `none: ${accessOf(options)}`],
  ];
  const set = settings.filter(({ value, source }) => value !== null || source === 'flag');
  const table = renderTable(COLUMNS, set.map(toRow(config)), terminal);
  const found = config
    ? `${forTerminal(config.file)} is in order.`
    : 'There is no keyturn.yaml here; flags and defaults hold.';
  await terminal.out(`${found}\n\n${renderTable(SCOPE_COLUMNS, rows, terminal)}\n${table}`);
}

const accessOf = ({ profile = [] }: AssessOptions): string =>
  profile.length > 1 ? "each account's own profile" : "the caller's own access";

const SCOPE_COLUMNS = [{ title: 'Scope' }, { title: '' }];
const COLUMNS = [{ title: 'Setting' }, { title: 'Value' }, { title: 'From' }];

function toRow(config: Config | undefined) {
  return ({ key, value, source, flag, line }: Setting): string[] => {
    const inFile = `${config?.file}, line ${line}`;
    const from = {
      default: 'default',
      file: inFile,
      flag: line === undefined ? `${flag}` : `${flag}, instead of ${inFile}`,
    };
    return [key, Array.isArray(value) ? value.join(', ') : String(value ?? ''), from[source]];
  };
}

/** The scope in words, as far as it can be said without AWS. */
function describeScope(options: AssessOptions): { accounts: string; regions: string } {
  const {
    org,
    ou,
    account = [],
    excludeAccount = [],
    excludeOu = [],
    region,
    allRegions,
    excludeRegion,
    profile = [],
  } = options;
  const own =
    profile.length > 1 ? `the accounts of the profiles ${profile.join(', ')}` : "the caller's own account";
  const accounts = [
    ...(org && !ou ? ['every active account of the organization'] : []),
    ...(ou ? [`the active accounts under ${ou.join(', ')}`] : []),
    ...account,
  ].join(', ');
  const regions = allRegions ? 'every Region that an account has enabled' : region?.join(', ');
  return {
    accounts: `${accounts || own}${without([...excludeOu, ...excludeAccount])}`,
    regions: `${regions ?? 'the configured Region'}${without(excludeRegion)}`,
  };
}

const without = (excluded: readonly string[] = []): string =>
  excluded.length > 0 ? `, without ${excluded.join(', ')}` : '';
