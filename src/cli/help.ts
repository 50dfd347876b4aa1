import { type Command, Help, type HelpConfiguration, type Option } from 'commander';
import { executable } from './show/command-line.ts';

/** Examples of each command, without the executable. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  keyturn: ['sandbox --world demo', 'assess --region eu-central-1 --region us-east-1', 'status'],
  assess: [
    'assess --region eu-central-1 --region us-east-1',
    'assess --org --all-regions --role-name security-audit',
    'assess --resume',
  ],
  approve: ['approve', "approve --from decisions.csv --reason 'CIS 4.6'", 'approve --all --expires 12h'],
  review: ['review', 'review --read-only --no-open --port 7000'],
  plan: ['plan export plan.json'],
  'plan export': ['plan export plan.json'],
  configure: ['configure --dry-run', 'configure --limit 5', 'configure --waves 5,50,rest --max-failures 3'],
  validate: ['validate', 'validate --wait 2m'],
  report: ['report --out report', 'report --out report --sign auditor-key'],
  verify: ['verify report', 'verify report --trust-approver alice.pub --trust-maker operator.pub'],
  run: ['run --region eu-central-1', 'run --rollout 20261126-171221-fed1'],
  status: ['status', 'status --rollout 20261126 --json'],
  rollouts: ['rollouts', 'rollouts --json'],
  list: ['list findings --finding candidate --csv', 'list outcomes --outcome failed --json'],
  keys: ['keys create alice'],
  'keys create': ['keys create alice', 'keys create alice --passphrase'],
  config: ['config check'],
  'config check': ['config check', 'config check --config team.yaml --json'],
  sandbox: ['sandbox --world demo', 'sandbox --settings settings.json --port 4583'],
};

/** Common options that do nothing for a command, so its help leaves them out. */
const WITHOUT: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['store', 'rollout', 'profile', 'config'],
  verify: ['store', 'rollout', 'profile', 'config'],
  keys: ['store', 'rollout', 'profile', 'config'],
  'keys create': ['store', 'rollout', 'profile', 'config'],
  'config check': ['store', 'rollout'],
  rollouts: ['rollout'],
};

/** `keys create`: the words that call a command; `keyturn` for the program itself. */
export function commandPath(command: Command): string {
  const above = command.parent ? commandPath(command.parent) : '';
  return above === '' || above === 'keyturn' ? command.name() : `${above} ${command.name()}`;
}

const standard = new Help();

export const HELP_STYLE: HelpConfiguration = {
  showGlobalOptions: true,
  /** A default of false says nothing. */
  optionDescription: (option: Option) =>
    option.defaultValue === false ? option.description : standard.optionDescription(option),
  visibleGlobalOptions: (command: Command) => {
    const without = WITHOUT[commandPath(command)] ?? [];
    return command.parent
      ? [...globalOptions(command)].filter((option) => !without.includes(option.attributeName()))
      : [];
  },
};

function globalOptions({ parent }: Command): Option[] {
  return parent ? [...parent.options.filter(({ hidden }) => !hidden), ...globalOptions(parent)] : [];
}

/** What every help ends with: examples, exit codes and where there is more. */
export function helpFooter(command: Command): string {
  const path = commandPath(command);
  const examples = (EXAMPLES[path] ?? []).map((example) => `  ${executable()} ${example}`);
  return [
    '',
    'Examples:',
    ...examples,
    '',
    ...(path === 'keyturn' ? [...JOURNEY, ''] : []),
    'Exit codes: 0 done, 1 failed, 2 invalid input, 3 incomplete or not as expected, 4 refused,',
    '5 verify: not the evidence that Keyturn made, 130 interrupted.',
    'More: docs/command-line.md in the directory that Keyturn is installed in.',
  ].join('\n');
}

const JOURNEY = [
  'The journey: keyturn assess → approve → configure → validate → report.',
  'To try it without AWS: keyturn sandbox --world demo',
];
