import { KeyturnError } from '../messages/error.ts';
import { forTerminal } from '../report/escape.ts';
import { type CommandRow, isForTeam } from './command-table.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit.ts';
import { describeMisuse, Misuse } from './misuse.ts';
import { buildProgram } from './parser.ts';
import { reportError } from './report-error.ts';
import { checkSettings } from './settings/check-settings.ts';
import { warnOfUnknownVariables } from './settings/environment.ts';
import type { Given } from './settings/resolve.ts';
import { readSettings } from './settings/settings.ts';
import { COMMON } from './settings/takes.ts';
import type { GivenOptions } from './show/command-line.ts';
import { openTerminal } from './terminal.ts';

/** What a run of the command line has come to, for the end of it. */
interface Progress {
  exit: ExitCode;
  help: string;
  /** What the advice of an error repeats. */
  options: GivenOptions & { readonly json?: boolean };
}

/**
 * Runs one command line.
 * @param args without the executable
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const progress: Progress = {
    exit: EXIT.done,
    help: '',
    options: { store: COMMON.store.default, json: isJsonAsked(args) },
  };
  try {
    await parse(args, progress);
    if (progress.help !== '') await openTerminal({ json: isJsonAsked(args) }).out(progress.help);
    return progress.exit;
  } catch (error) {
    await reportError(openTerminal(progress.options), error, progress.options);
    return error instanceof KeyturnError ? exitCodeOf(error) : EXIT.failed;
  }
}

/** Asked for before the command line is parsed, so that its errors are JSON too. */
const isJsonAsked = (args: readonly string[]): boolean =>
  args.includes('--json') || process.env['KEYTURN_JSON']?.toLowerCase() === 'true';

/** @throws KeyturnError `input-argument` if the parser refuses the command line, and whatever a command throws */
async function parse(args: readonly string[], progress: Progress): Promise<void> {
  const program = buildProgram(
    (row, flags, argument) => act(row, flags, argument, progress),
    (text) => {
      progress.help += text;
    },
  );
  if (args.length === 0) {
    program.outputHelp();
    progress.exit = EXIT.badInput;
    return;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof Misuse)) throw error;
    if (error.cause.exitCode !== 0) throw describeMisuse(error, args);
  }
}

/** Reads the settings of a command, and runs it. */
async function act(
  row: CommandRow,
  flags: readonly Given[],
  argument: string,
  progress: Progress,
): Promise<void> {
  progress.options = { ...progress.options, ...valuesOf(flags) };
  const warning = warnOfUnknownVariables(process.env);
  if (warning !== undefined) openTerminal(progress.options).err(`${forTerminal(warning)}\n`);
  const settings = await readSettings({ ...COMMON, ...row.settings }, flags, isForTeam(row));
  progress.options = settings.options as Progress['options'];
  await checkSettings(settings);
  progress.exit = await row.run(settings, argument);
}

const valuesOf = (given: readonly Given[]): object =>
  Object.fromEntries(given.map(({ name, value }) => [name, value]));
