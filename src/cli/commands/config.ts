import { KeyturnError } from '../../messages/error.ts';
import { forTerminal } from '../../report/escape.ts';
import { renderTable } from '../../report/table.ts';
import { type ExplainedSetting, explain } from '../config/explain.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { rolesOf } from '../phases/roles.ts';
import type { Settings } from '../settings/settings.ts';
import type { ConfigCheckOptions } from '../settings/takes.ts';
import { printJson } from '../show/print.ts';
import { openTerminal, type Terminal } from '../terminal.ts';

/** `keyturn config check`: explains which settings hold and where each comes from, without calling AWS. */
export async function runConfigCheck(settings: Settings): Promise<ExitCode> {
  const options = settings.options as ConfigCheckOptions;
  const terminal = openTerminal(options);
  refuseEmptyScope(options);
  const explained = explain(settings);
  const file = settings.config?.file;
  if (terminal.json) await printJson(terminal, toJson(options, explained, file));
  else await showSettings(terminal, options, explained, file);
  return EXIT.done;
}

function refuseEmptyScope({
  region,
  excludeRegion,
  org,
  ou,
  account,
  excludeAccount,
}: ConfigCheckOptions): void {
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

function toJson(
  options: ConfigCheckOptions,
  settings: readonly ExplainedSetting[],
  file: string | undefined,
) {
  const { accounts, regions } = describeScope(options);
  return { file: file ?? null, accounts, regions, roles: rolesOf(options) ?? null, settings };
}

async function showSettings(
  terminal: Terminal,
  options: ConfigCheckOptions,
  settings: readonly ExplainedSetting[],
  file: string | undefined,
): Promise<void> {
  const { accounts, regions } = describeScope(options);
  const roles = rolesOf(options);
  const rows = [
    ['Accounts', accounts],
    ['Regions', regions],
    ['Roles', roles ? `${roles.assess} to read, ${roles.configure} to change` : `none: ${accessOf(options)}`],
  ];
  const set = settings.filter(({ value, source }) => value !== null || source !== 'default');
  const table = renderTable(COLUMNS, set.map(toRow(file)), terminal);
  const found =
    file === undefined
      ? 'There is no keyturn.yaml here; flags, environment variables and defaults hold.'
      : `${forTerminal(file)} is in order.`;
  await terminal.out(`${found}\n\n${renderTable(SCOPE_COLUMNS, rows, terminal)}\n${table}`);
}

const accessOf = ({ profile = [] }: ConfigCheckOptions): string =>
  profile.length > 1 ? "each account's own profile" : "the caller's own access";

const SCOPE_COLUMNS = [{ title: 'Scope' }, { title: '' }];
const COLUMNS = [{ title: 'Setting' }, { title: 'Value' }, { title: 'From' }];

function toRow(file: string | undefined) {
  return ({ key, value, source, flag, variable, line }: ExplainedSetting): string[] => {
    const inFile = `${file}, line ${line}`;
    const from = { default: 'default', file: inFile, flag: flag ?? '', environment: variable ?? '' }[source];
    const isInstead = line !== undefined && source !== 'file';
    return [
      key,
      Array.isArray(value) ? value.join(', ') : String(value ?? ''),
      isInstead ? `${from}, instead of ${inFile}` : from,
    ];
  };
}

/** The scope in words, as far as it can be said without AWS. */
function describeScope(options: ConfigCheckOptions): { accounts: string; regions: string } {
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
