import { Command, Option } from 'commander';
import { QUOTA_SHARE } from '../aws/quotas.ts';
import { KeyturnError } from '../messages/error.ts';
import { DECISIONS } from '../model/approval.ts';
import { APPROVAL_LIFE_MS } from '../model/in-force.ts';
import { DEFAULT_PERIOD, MAXIMUM_PERIOD, MINIMUM_PERIOD } from '../model/period.ts';
import type { Config } from './config/parse.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit.ts';
import { HELP_STYLE, helpFooter } from './help.ts';
import { describeMisuse, Misuse } from './misuse.ts';
import {
  collectAccount,
  collectKeyArn,
  collectProfile,
  collectRegion,
  collectText,
  collectUnit,
  parseCountFromOne,
  parseDuration,
  parseExternalId,
  parseLife,
  parsePeriod,
  parsePort,
  parsePrice,
  parseProfile,
  parseRoleArn,
  parseRoleName,
  parseShare,
  parseSourceIdentity,
  parseWaves,
} from './options.ts';
import { reportError } from './report-error.ts';
import type { CommonOptions } from './session.ts';
import { openTerminal } from './terminal.ts';
import { VERSION } from './version.ts';

/**
 * Runs one command line. Commands are imported when they run, so that `--version` does not pay for AWS.
 * @param args without the executable
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  let help = '';
  const program = buildProgram(
    (code) => {
      exit = code;
    },
    (text) => {
      help += text;
    },
  );
  const terminal = openTerminal({ json: args.includes('--json') });
  try {
    if (args.length === 0) {
      program.outputHelp();
      exit = EXIT.badInput;
    } else {
      await parse(program, args);
    }
    if (help !== '') await terminal.out(help);
    return exit;
  } catch (error) {
    await reportError(terminal, error, program.opts());
    return error instanceof KeyturnError ? exitCodeOf(error) : EXIT.failed;
  }
}

/** @throws KeyturnError `input-argument` if the parser refuses the command line, and whatever a command throws */
async function parse(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    if (error.cause.exitCode !== 0) throw describeMisuse(error, args);
  }
}

type SetExit = (code: ExitCode) => void;

export function buildProgram(setExit: SetExit, writeHelp: (text: string) => void): Command {
  const program = new Command('keyturn')
    .description(
      'Turns on automatic rotation for the AWS KMS keys that support it, and leaves evidence of it.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('--store <dir>', 'where the record is kept', '.keyturn')
    .option('--rollout <id>', 'which rollout; otherwise the newest one')
    .option('--profile <name>', 'AWS profile; repeatable, each for the account that it is of', collectProfile)
    .option('--config <file>', 'settings of a team; otherwise keyturn.yaml, where there is one')
    .option('--json', 'print one JSON document; list prints JSON Lines', false)
    .option('--no-color', 'no colours')
    .option('--quiet', 'no progress', false)
    .configureHelp(HELP_STYLE)
    .showSuggestionAfterError()
    .configureOutput({ writeOut: writeHelp, writeErr: () => {} })
    .addHelpText('afterAll', ({ command }) => helpFooter(command));
  throwMisuse(program);
  const add = (name: string, summary: string) => addCommand(program, name, summary);
  let config: Config | undefined;
  program.hook('preAction', async (_, command) => {
    if (CALLS_NOBODY.has(command.name())) return;
    config = await (await import('./config/read.ts')).readConfig(program.getOptionValue('config'));
    if (config) (await import('./config/apply.ts')).applyConfig(config, command);
    if (command.optsWithGlobals<CommonOptions>().requireSigned === true)
      (await import('./config/signed.ts')).requireApproverKeys(command, config);
  });

  addScope(add('assess', 'list every key in scope and decide which support rotation; reads only'))
    .option('--resume', 'go on with an assessment that was interrupted', false)
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/assess.ts')).runAssess(command.optsWithGlobals())),
    );

  addSigned(add('approve', 'choose which candidates to turn on'))
    .addOption(new Option('--all', 'approve every candidate').conflicts(['key', 'from']))
    .addOption(
      new Option('--key <arn>', 'approve this key; repeatable').argParser(collectKeyArn).conflicts('from'),
    )
    .option(
      '--from <file>',
      `take decisions (${DECISIONS.join(', ')}) from CSV, JSON or YAML; - is standard input`,
    )
    .option('--reason <text>', 'why, for the record')
    .addOption(
      new Option('--expires <duration>', 'how long the approval holds, like 12h or 7d')
        .argParser(parseLife)
        .default(APPROVAL_LIFE_MS, '7d'),
    )
    .option('--sign <key>', 'sign the approval with this private key (keyturn keys create)')
    .option('--plan <file>', 'decide on a plan that plan export wrote; needs neither the store nor AWS')
    .option('--out <file>', 'with --plan: where to write the approval')
    .addOption(
      new Option('--import <file>', 'record an approval that was made with --plan').conflicts(
        IMPORT_TAKES_NO,
      ),
    )
    .option(
      '--trust <keys>',
      'with --import: require a signature by a public key of this file; repeatable',
      collectText,
    )
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/approve.ts')).runApprove(command.optsWithGlobals())),
    );

  addSigned(add('review', 'serve the rollout as a page on this machine, to look through and to decide on'))
    .option('--port <n>', 'the port, 0 to 65535; 0 takes a free one', parsePort, 0)
    .addOption(new Option('--open', 'open it').default(true).hideHelp())
    .option('--no-open', 'open no browser; the link is printed in any case')
    .option('--read-only', 'let nobody decide; asks AWS nothing', false)
    .addOption(durationOption('--idle <duration>', 'end it when nothing was asked for so long', '30m'))
    .option('--sign <key>', 'sign approvals with this private key (keyturn keys create)')
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/review.ts')).runReview(command.optsWithGlobals())),
    );

  const plans = add('plan', 'the plan of a rollout');
  addCommand(plans, 'export <file>', 'write the plan for an approver without store and AWS').action(
    async (path: string, _, command: Command) =>
      setExit(await (await import('./commands/plan.ts')).runPlanExport(path, command.optsWithGlobals())),
  );

  addSigned(addChange(addAccess(add('configure', 'turn rotation on for the approved keys'))))
    .option('--dry-run', 'make the fresh checks and show what would be done', false)
    .addOption(durationOption('--wait <duration>', `with --waves: ${waitHelp}`, '10m'))
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/configure.ts')).runConfigure(command.optsWithGlobals())),
    );

  addSigned(addReading(add('validate', 'read every changed key back and say whether it is as it should be')))
    .addOption(durationOption('--wait <duration>', waitHelp, '10m'))
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/validate.ts')).runValidate(command.optsWithGlobals())),
    );

  add('report', 'write the evidence of a rollout, sealed: JSON, CSV, Markdown, HTML and the journal')
    .requiredOption('--out <dir>', 'a new or empty directory, or one with an earlier report')
    .option('--sign <key>', 'sign the evidence with this private key (keyturn keys create)')
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/report.ts')).runReport(command.optsWithGlobals())),
    );

  add('verify <path>', 'check evidence that report wrote, offline, and say what it proves')
    .option(
      '--trust-approver <keys>',
      'public keys of approvers: require their signatures on approvals; repeatable',
      collectText,
    )
    .option(
      '--trust-maker <keys>',
      'public keys of makers: require their signature on the bundle; repeatable',
      collectText,
    )
    .option('--trust <keys>', 'public keys trusted in either role; repeatable', collectText)
    .action(async (path: string, _, command: Command) =>
      setExit(await (await import('./commands/verify.ts')).runVerify(path, command.optsWithGlobals())),
    );

  addSigned(
    addScope(add('run', 'assess, approve, configure and validate, stopping for a person at the approval')),
  )
    .addOption(durationOption('--settle <duration>', settleHelp, '60s'))
    .addOption(durationOption('--wait <duration>', waitHelp, '10m'))
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/run.ts')).runAll(command.optsWithGlobals())),
    );

  addSigned(add('status', 'where a rollout stands, and the next command')).action(
    async (_, command: Command) =>
      setExit(await (await import('./commands/status.ts')).runStatus(command.optsWithGlobals())),
  );
  addSigned(add('rollouts', 'list the rollouts of the store')).action(async (_, command: Command) =>
    setExit(await (await import('./commands/rollouts.ts')).runRollouts(command.optsWithGlobals())),
  );
  addSigned(
    add('list <what>', 'list findings, decisions, outcomes or verdicts: a table, --csv, or --json lines'),
  )
    .option('--finding <kind>', 'only findings of this kind')
    .option('--where <expression>', 'only findings that this JMESPath expression is true of')
    .option('--decision <kind>', 'only decisions of this kind')
    .option('--outcome <kind>', 'only outcomes of this kind')
    .option('--verdict <kind>', 'only verdicts of this kind')
    .option('--csv', 'as CSV', false)
    .action(async (what: string, _, command: Command) =>
      setExit(await (await import('./commands/list.ts')).runList(what, command.optsWithGlobals())),
    );

  const keys = add('keys', 'keys to sign approvals and evidence with');
  addCommand(keys, 'create <file>', 'make an Ed25519 key pair: FILE and FILE.pub')
    .option('--passphrase', 'ask for a passphrase to encrypt the private key with', false)
    .action(async (path: string, _, command: Command) =>
      setExit(await (await import('./commands/keys.ts')).runKeysCreate(path, command.optsWithGlobals())),
    );

  const settings = add('config', 'the settings that hold here');
  addSigned(
    addChange(
      addScope(addCommand(settings, 'check', 'check keyturn.yaml and explain what holds; calls nothing')),
    ),
  )
    .addOption(durationOption('--wait <duration>', waitHelp, '10m'))
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/config.ts')).runConfigCheck(command, config)),
    );

  add('sandbox', 'serve a small AWS on loopback, to try Keyturn on')
    .option('--port <n>', 'the port, 0 to 65535; 0 takes a free one', parsePort, 0)
    .option('--settings <file>', 'a JSON file of settings; see docs/sandbox.md')
    .option('--world <name>', 'which keys there are: demo or empty')
    .action(async (_, command: Command) =>
      setExit(await (await import('./commands/sandbox.ts')).runSandbox(command.optsWithGlobals())),
    );
  return program;
}

function addCommand(program: Command, name: string, summary: string): Command {
  const description = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  return throwMisuse(program.command(name).summary(summary).description(description));
}

/** Has the parser throw with the command that it is about. */
function throwMisuse(command: Command): Command {
  return command.exitOverride((error) => {
    throw new Misuse(error, command);
  });
}

/** What to look at and what to propose: the options of every command that assesses. */
function addScope(command: Command): Command {
  const region = new Option('--region <name>', 'a Region; repeatable; otherwise the configured one');
  return addAccess(command)
    .option('--org', 'every active account of the organization', false)
    .option('--account <id>', 'an account; repeatable; otherwise the own one', collectAccount)
    .option('--ou <id>', 'the active accounts under an organizational unit; repeatable', collectUnit)
    .option('--exclude-ou <id>', 'leave out what is under an organizational unit; repeatable', collectUnit)
    .addOption(
      new Option('--org-role <arn>', 'role to assume for listing the accounts of the organization')
        .argParser(parseRoleArn)
        .conflicts('orgProfile'),
    )
    .option('--org-profile <name>', 'AWS profile for listing the accounts of the organization', parseProfile)
    .option('--exclude-account <id>', 'leave an account out; repeatable', collectAccount)
    .option('--exclude-region <name>', 'leave a Region out; repeatable', collectRegion)
    .addOption(region.argParser(collectRegion).conflicts('allRegions'))
    .option('--all-regions', 'every Region that the account has enabled', false)
    .option(
      '--period <days>',
      `days between rotations, ${MINIMUM_PERIOD} to ${MAXIMUM_PERIOD}`,
      parsePeriod,
      DEFAULT_PERIOD,
    )
    .option('--where <expression>', 'JMESPath over a finding: what is shown and can be approved')
    .addOption(new Option('--policies', 'read key policies').default(true).hideHelp())
    .option('--no-policies', 'leave key policies out')
    .addOption(new Option('--tags', 'read tags').default(true).hideHelp())
    .option('--no-tags', 'leave tags out')
    .addOption(new Option('--rotations', 'read the past rotations of candidates').default(true).hideHelp())
    .option('--no-rotations', 'leave the past rotations of candidates out: costs are the most then')
    .option('--last-usage', 'ask when candidates were last used: 5 keys a second in a place', false)
    .option('--max-period <days>', 'point out keys that are on with a longer period', parseCountFromOne)
    .option('--rotation-price <amount>', 'what a rotation adds a month, like 1 or "7.5 CNY"', parsePrice);
}

/** How many changes are made and how they go. */
function addChange(command: Command): Command {
  return command
    .option('--limit <n>', 'make at most so many changes', parseCountFromOne)
    .option('--max-failures <n>', 'stop once so many changes have failed', parseCountFromOne)
    .option(
      '--waves <sizes>',
      'change so many keys at a time and validate each wave, like 5,50,rest',
      parseWaves,
    )
    .addOption(durationOption('--settle <duration>', settleHelp, '60s'));
}

/** Whose approvals count: the options of every command that looks at approvals. */
function addSigned(command: Command): Command {
  return command
    .option('--trust-approver <keys>', 'public keys of approvers; repeatable', collectText)
    .option('--require-signed', 'count only approvals that a key of --trust-approver signed', false);
}

/** How accounts are reached: the options of every command that changes keys, or begins a rollout. */
function addAccess(command: Command): Command {
  return addReading(command).option(
    '--configure-role-name <name>',
    'role to assume for changes (default: keyturn-configure)',
    parseRoleName,
  );
}

/** How accounts are reached for reading. */
function addReading(command: Command): Command {
  return command
    .option(
      '--role-name <name>',
      'role to assume in each account for reading (default: keyturn-assess)',
      parseRoleName,
    )
    .option('--external-id <id>', "external id that the roles' trust policies ask for", parseExternalId)
    .option(
      '--source-identity <name>',
      'source identity to set; the trust policies have to allow it',
      parseSourceIdentity,
    )
    .option(
      '--pace <share>',
      'share of each published quota to take, above 0 and at most 1',
      parseShare,
      QUOTA_SHARE,
    );
}

/** What an approval that was made elsewhere says itself. */
const IMPORT_TAKES_NO = ['all', 'key', 'from', 'plan', 'out', 'sign', 'reason', 'expires'];

/** Commands that no setting of a team has a say in. */
const CALLS_NOBODY = new Set(['sandbox', 'verify', 'create']);

const durationOption = (flags: string, help: string, otherwise: string): Option =>
  new Option(flags, help).argParser(parseDuration).default(parseDuration(otherwise), otherwise);

const settleHelp = 'how long an unanswered change is read back before it is called again';
const waitHelp = 'how long after its change a key gets to show it';
