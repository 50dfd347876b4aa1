import { Command, Option } from 'commander';
import { COMMANDS, type CommandRow, PARENTS } from './command-table.ts';
import { HELP_STYLE, helpFooter } from './help.ts';
import { Misuse } from './misuse.ts';
import type { Given } from './settings/resolve.ts';
import { describeDefault, isNegated, longFlag, type Setting, type SettingTable } from './settings/setting.ts';
import { COMMON } from './settings/takes.ts';
import { VERSION } from './version.ts';

/** Runs the command that the command line names. */
export type Act = (row: CommandRow, flags: readonly Given[], argument: string) => Promise<void>;

/** The parser, made from the tables of commands and settings. */
export function buildProgram(act: Act, writeHelp: (text: string) => void): Command {
  const program = throwMisuse(new Command('keyturn'))
    .description('Turns on automatic rotation for AWS KMS keys, with an approval, and keeps evidence of it.')
    .version(VERSION, '-V, --version', 'Version')
    .addHelpOption(new Option('-h, --help', 'Help').helpGroup('Options of every command:'))
    .configureHelp(HELP_STYLE)
    .showSuggestionAfterError()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {} })
    .addHelpText('afterAll', ({ command }) => helpFooter(command));
  addSettings(program, COMMON);
  for (const row of COMMANDS) addCommand(program, row, act);
  return program;
}

function addCommand(program: Command, row: CommandRow, act: Act): void {
  const [first = '', second] = row.path.split(' ');
  const parent = second === undefined ? program : findOrAdd(program, first);
  const command = describe(parent.command(second ?? first), row.summary);
  if (row.argument !== undefined) command.argument(row.argument);
  addSettings(command, row.settings);
  command.action(() => act(row, flagsOf(command, row.settings), command.args[0] ?? ''));
}

function findOrAdd(program: Command, name: string): Command {
  const known = program.commands.find((each) => each.name() === name);
  return known ?? describe(program.command(name), PARENTS[name] ?? '');
}

function describe(command: Command, summary: string): Command {
  const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return throwMisuse(command.summary(summary).description(sentence));
}

/** Has the parser throw with the command that it is about. */
function throwMisuse(command: Command): Command {
  return command.exitOverride((error) => {
    throw new Misuse(error, command);
  });
}

function addSettings(command: Command, table: SettingTable): void {
  for (const row of Object.values(table)) {
    if (isNegated(row)) command.addOption(new Option(row.flag.replace('--no-', '--')).hideHelp());
    command.addOption(optionOf(row));
  }
}

function optionOf(row: Setting): Option {
  const option = new Option(row.flag, describeSetting(row)).helpGroup(row.group);
  if (row.isRequired) option.makeOptionMandatory();
  if (row.conflicts) option.conflicts([...row.conflicts]);
  return row.flag.includes('<') ? option.argParser(row.kind.parseFlag) : option;
}

/** A noun phrase with its default, as help and reference have it. */
export function describeSetting(row: Setting): string {
  const otherwise = describeDefault(row);
  const remarks = [
    ...(row.isRequired ? ['required'] : []),
    ...(row.kind.isList ? ['repeatable'] : []),
    ...(otherwise === undefined ? [] : [`default: ${otherwise}`]),
  ].join('; ');
  return remarks === '' ? row.help : `${row.help} (${remarks})`;
}

/** What the command line itself gives. */
function flagsOf(command: Command, own: SettingTable): Given[] {
  const values = command.optsWithGlobals();
  return Object.entries({ ...COMMON, ...own })
    .filter(([name]) => command.getOptionValueSourceWithGlobals(name) === 'cli')
    .map(([name, row]) => ({ name, value: values[name], source: 'flag', at: flagFor(row, values[name]) }));
}

const flagFor = (row: Setting, value: unknown): string =>
  isNegated(row) && value === true ? longFlag(row).replace('--no-', '--') : longFlag(row);
