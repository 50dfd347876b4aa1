import { type Command, Help, type HelpConfiguration, type Option } from 'commander';
import { COMMANDS, type CommandRow, PARENTS } from './command-table.ts';
import { executable } from './show/command-line.ts';

/** `signing-key create`: the words that call a command; `keyturn` for the program itself. */
export function commandPath(command: Command): string {
  const above = command.parent ? commandPath(command.parent) : '';
  return above === '' || above === 'keyturn' ? command.name() : `${above} ${command.name()}`;
}

const standard = new Help();

export const HELP_STYLE: HelpConfiguration = {
  visibleOptions: (command: Command) => [
    ...standard.visibleOptions(command).filter(({ long }) => long !== '--help'),
    ...commonOptions(command),
    ...standard.visibleOptions(command).filter(({ long }) => long === '--help'),
  ],
  formatHelp: (command, helper) =>
    command.parent ? standard.formatHelp(command, helper) : firstHelp(command.description()),
};

/** The common options that the command uses. */
function commonOptions(command: Command): Option[] {
  const used = COMMANDS.find(({ path }) => path === commandPath(command))?.common ?? [];
  return optionsAbove(command).filter((option) => !option.hidden && isUsed(option, used));
}

const isUsed = (option: Option, used: readonly string[]): boolean => used.includes(option.attributeName());

const optionsAbove = ({ parent }: Command): Option[] =>
  parent ? [...parent.options, ...optionsAbove(parent)] : [];

/** The first help: the workflow, then the other commands. Options are in the help of each command. */
function firstHelp(description: string): string {
  const phases = COMMANDS.filter(({ isPhase }) => isPhase);
  const others = COMMANDS.filter(({ isPhase }) => !isPhase);
  const width = Math.max(...COMMANDS.map((row) => callOf(row).length));
  const line = (row: CommandRow) => `  ${callOf(row).padEnd(width)}  ${row.summary}`;
  return [
    `Usage: ${executable()} <command> [options]`,
    '',
    description,
    '',
    'Workflow, in order:',
    ...phases.map(line),
    '',
    'Other commands:',
    ...others.map(line),
    '',
    `Options of a command: ${executable()} <command> --help`,
    '',
  ].join('\n');
}

const callOf = ({ path, argument }: CommandRow): string =>
  argument === undefined ? path : `${path} ${argument}`;

const FIRST_EXAMPLES = ['sandbox --world demo', 'assess --region eu-central-1', 'status'];

const EXIT_CODES = [
  'Exit codes: 0 done, 1 failed, 2 invalid input, 3 incomplete or not as expected, 4 refused,',
  '5 verify: not the evidence that Keyturn made, 130 interrupted.',
];

/** What every help ends with: examples, exit codes and where there is more. The first help stays short. */
export function helpFooter(command: Command): string {
  return [
    '',
    'Examples:',
    ...examplesOf(commandPath(command)).map((example) => `  ${executable()} ${example}`),
    '',
    ...(command.parent ? EXIT_CODES : []),
    'More: docs/command-line.md in the directory that Keyturn is installed in.',
  ].join('\n');
}

function examplesOf(path: string): readonly string[] {
  if (path === 'keyturn') return FIRST_EXAMPLES;
  const isMeant = (row: CommandRow) =>
    row.path === path || (path in PARENTS && row.path.startsWith(`${path} `));
  return COMMANDS.filter(isMeant).flatMap(({ examples }) => examples);
}
