import {
  describeDefault,
  longFlag,
  type Setting,
  type SettingTable,
  variableOf,
} from '../src/cli/settings/setting.ts';
import { COMMON, TAKES } from '../src/cli/settings/takes.ts';

/** Pages of docs/ with tables that are made from the settings. */
export const PAGES = ['command-line.md', 'configuration.md'];

export const docsPath = (name: string): URL => new URL(`../docs/${name}`, import.meta.url);

/** Between the marks `<!-- settings: assess -->` and `<!-- /settings -->` stands what is made here. */
const MARKED = /(<!-- settings: ([^ ]+) -->\n).*?(<!-- \/settings -->)/gs;

/** A page with its tables as the settings have them. @throws Error for a mark that names nothing */
export const withTables = (page: string): string =>
  page.replace(MARKED, (_, begin: string, name: string, end: string) => `${begin}\n${tableOf(name)}\n${end}`);

function tableOf(name: string): string {
  if (name === 'keys') return keyTable();
  if (name === 'variables') return variableTable();
  const settings =
    name === 'common' ? COMMON : Object.entries(TAKES).find(([command]) => command === name)?.[1];
  if (settings === undefined) throw new Error(`There are no settings of ${name}.`);
  return optionTable(settings);
}

function optionTable(settings: SettingTable): string {
  const rows = Object.values(settings).map((row) => [`\`${row.flag}\``, meaningOf(row), defaultOf(row)]);
  return markdownTable(['option', 'meaning', 'default'], rows);
}

function meaningOf(row: Setting): string {
  return `${row.help}${row.kind.isList ? '; repeatable' : ''}${row.isRequired ? '; required' : ''}`;
}

function defaultOf(row: Setting): string {
  const words = describeDefault(row) ?? '';
  return row.otherwise !== undefined || words === '' ? words : `\`${words}\``;
}

/** In the file, what is on or off by default has a word. */
const fileDefaultOf = (row: Setting): string =>
  typeof row.default === 'boolean' ? `\`${row.default}\`` : defaultOf(row);

function keyTable(): string {
  const rows = Object.values({ ...COMMON, ...TAKES.configCheck } as SettingTable)
    .filter(({ yaml }) => yaml !== undefined)
    .map((row) => [
      `\`${row.yaml}\``,
      row.kind.values,
      flagsOf(row),
      `\`${variableOf(row)}\``,
      fileDefaultOf(row),
    ]);
  return markdownTable(['key', 'value', 'flag', 'variable', 'default'], rows);
}

const flagsOf = (row: Setting): string =>
  row.yaml === 'regions' ? '`--region`, `--all-regions`' : `\`${longFlag(row)}\``;

/** What the environment can set, and the file cannot. */
function variableTable(): string {
  const every: SettingTable = Object.assign({}, COMMON, ...Object.values(TAKES));
  const rows = Object.values(every)
    .filter((row) => row.yaml === undefined && variableOf(row) !== undefined)
    .map((row) => [`\`${variableOf(row)}\``, row.kind.values, `\`${longFlag(row)}\``, defaultOf(row)]);
  return markdownTable(['variable', 'value', 'flag', 'default'], rows);
}

function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`.replaceAll('|  |', '| |');
  return `${line(titles)}|${'---|'.repeat(titles.length)}\n${rows.map(line).join('')}`;
}
