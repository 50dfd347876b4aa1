import type { ExitCode } from './exit.ts';
import type { OptionsOf, SettingTable } from './settings/setting.ts';
import type { Settings } from './settings/settings.ts';
import { type COMMON, type CommonOptions, TAKES } from './settings/takes.ts';

/** One command of the command line. */
export interface CommandRow {
  /** The words that call it: `plan export`. */
  readonly path: string;
  /** What it takes besides options: `<file>`. */
  readonly argument?: string;
  readonly summary: string;
  /** Whether the first help lists it in the workflow. */
  readonly isPhase?: boolean;
  /** The common settings that it uses. The others are accepted, and its help leaves them out. */
  readonly common: readonly (keyof typeof COMMON)[];
  readonly settings: SettingTable;
  /** Without the executable. */
  readonly examples: readonly string[];
  readonly run: (settings: Settings, argument: string) => Promise<ExitCode>;
}

const OUTPUT = ['json', 'color', 'quiet'] as const;
const STORE = ['store', 'profile', 'config', ...OUTPUT] as const;
const ROLLOUT = ['rollout', ...STORE] as const;
const TEAM = ['profile', 'config', ...OUTPUT] as const;

/** Every command, in the order of the help. What runs one is imported when it runs: `--version` does not pay for AWS. */
export const COMMANDS: readonly CommandRow[] = [
  command({
    path: 'assess',
    summary: 'list every key in scope and decide which support rotation (read-only)',
    isPhase: true,
    common: ROLLOUT,
    settings: TAKES.assess,
    examples: [
      'assess --region eu-central-1 --region us-east-1',
      'assess --org --all-regions --role-name security-audit',
      'assess --resume',
    ],
    run: async (options) => (await import('./commands/assess.ts')).runAssess(options),
  }),
  command({
    path: 'approve',
    summary: 'choose the keys to turn rotation on for',
    isPhase: true,
    common: ROLLOUT,
    settings: TAKES.approve,
    examples: ['approve', "approve --from decisions.csv --reason 'CIS 4.6'", 'approve --all --expires 12h'],
    run: async (options) => (await import('./commands/approve.ts')).runApprove(options),
  }),
  command({
    path: 'configure',
    summary: 'turn rotation on for the approved keys',
    isPhase: true,
    common: ROLLOUT,
    settings: TAKES.configure,
    examples: ['configure --dry-run', 'configure --limit 5', 'configure --waves 5,50,rest --max-failures 3'],
    run: async (options) => (await import('./commands/configure.ts')).runConfigure(options),
  }),
  command({
    path: 'validate',
    summary: 'read every changed key back and check it',
    isPhase: true,
    common: ROLLOUT,
    settings: TAKES.validate,
    examples: ['validate', 'validate --wait 2m'],
    run: async (options) => (await import('./commands/validate.ts')).runValidate(options),
  }),
  command({
    path: 'report',
    summary: 'write the evidence of a rollout, sealed',
    isPhase: true,
    common: ROLLOUT,
    settings: TAKES.report,
    examples: ['report --out report', 'report --out report --sign-with auditor-key'],
    run: async (options) => (await import('./commands/report.ts')).runReport(options),
  }),
  command({
    path: 'verify',
    argument: '<path>',
    summary: 'check evidence offline and say what it proves',
    isPhase: true,
    common: OUTPUT,
    settings: TAKES.verify,
    examples: ['verify report', 'verify report --trust-approver alice.pub --trust-maker operator.pub'],
    run: async (options, path) => (await import('./commands/verify.ts')).runVerify(path, options),
  }),
  command({
    path: 'run',
    summary: 'assess, approve, configure and validate, stopping for a person to approve',
    common: ROLLOUT,
    settings: TAKES.run,
    examples: ['run --region eu-central-1', 'run --rollout 20261126-171221-fed1'],
    run: async (options) => (await import('./commands/run.ts')).runAll(options),
  }),
  command({
    path: 'review',
    summary: 'serve a rollout as a local web page, to inspect and approve',
    common: ROLLOUT,
    settings: TAKES.review,
    examples: ['review', 'review --read-only --no-open --port 7000'],
    run: async (options) => (await import('./commands/review.ts')).runReview(options),
  }),
  command({
    path: 'plan export',
    argument: '<file>',
    summary: 'write the plan for an approver without the store and AWS',
    common: ROLLOUT,
    settings: TAKES.nothing,
    examples: ['plan export plan.json'],
    run: async (options, path) => (await import('./commands/plan.ts')).runPlanExport(path, options),
  }),
  command({
    path: 'status',
    summary: 'show the progress of a rollout, and the next command',
    common: ROLLOUT,
    settings: TAKES.status,
    examples: ['status', 'status --rollout 20261126 --json'],
    run: async (options) => (await import('./commands/status.ts')).runStatus(options),
  }),
  command({
    path: 'rollouts',
    summary: 'list the rollouts of the store',
    common: STORE,
    settings: TAKES.status,
    examples: ['rollouts', 'rollouts --json'],
    run: async (options) => (await import('./commands/rollouts.ts')).runRollouts(options),
  }),
  command({
    path: 'list',
    argument: '<what>',
    summary: 'list findings, decisions, outcomes or verdicts as a table, CSV or JSON Lines',
    common: ROLLOUT,
    settings: TAKES.list,
    examples: ['list findings --finding candidate --csv', 'list outcomes --outcome failed --json'],
    run: async (options, what) => (await import('./commands/list.ts')).runList(what, options),
  }),
  command({
    path: 'signing-key create',
    argument: '<file>',
    summary: 'make an Ed25519 key pair: FILE and FILE.pub',
    common: OUTPUT,
    settings: TAKES.signingKeyCreate,
    examples: ['signing-key create alice', 'signing-key create alice --passphrase'],
    run: async (options, path) =>
      (await import('./commands/signing-key.ts')).runSigningKeyCreate(path, options),
  }),
  command({
    path: 'config check',
    summary: 'check keyturn.yaml and explain which settings hold, without calling AWS',
    common: TEAM,
    settings: TAKES.configCheck,
    examples: ['config check', 'config check --config team.yaml --json'],
    run: async (_, __, settings) => (await import('./commands/config.ts')).runConfigCheck(settings),
  }),
  command({
    path: 'sandbox',
    summary: 'serve a small AWS on this machine, to try Keyturn on',
    common: OUTPUT,
    settings: TAKES.sandbox,
    examples: ['sandbox --world demo', 'sandbox --settings settings.json --port 4583'],
    run: async (options) => (await import('./commands/sandbox.ts')).runSandbox(options),
  }),
];

/** What a word that only begins commands is about. */
export const PARENTS: Readonly<Record<string, string>> = {
  plan: 'the plan of a rollout',
  'signing-key': 'keys to sign approvals and evidence with',
  config: 'the settings that hold here',
};

/** Whether a command reads `keyturn.yaml`. */
export const isForTeam = ({ common }: CommandRow): boolean => common.includes('config');

interface TypedRow<Table extends SettingTable> extends Omit<CommandRow, 'run'> {
  readonly settings: Table;
  readonly run: (
    options: CommonOptions & OptionsOf<Table>,
    argument: string,
    settings: Settings,
  ) => Promise<ExitCode>;
}

function command<const Table extends SettingTable>({ run, ...row }: TypedRow<Table>): CommandRow {
  return {
    ...row,
    run: (settings, argument) =>
      run(settings.options as CommonOptions & OptionsOf<Table>, argument, settings),
  };
}
