import { KeyturnError } from '../messages/error.ts';
import { isTooManyFiles, systemError } from '../messages/system-error.ts';
import { jsonText } from '../model/json-text.ts';
import { count } from '../report/document/phrases.ts';
import { forTerminal } from '../report/escape.ts';
import { completeCommands, type GivenOptions } from './show/command-line.ts';
import type { Terminal } from './terminal.ts';

/**
 * Prints an error with what to do next: on standard error, or as the one JSON document of a `--json` run.
 * @param options which the commands in the advice repeat
 */
export async function reportError(terminal: Terminal, thrown: unknown, options: GivenOptions): Promise<void> {
  const error = thrown instanceof KeyturnError ? thrown : unexpected(thrown);
  const { code, message, problems } = error;
  const fix = completeCommands(error.fix, options);
  if (terminal.json) {
    const body = { code, message, fix, ...(problems.length > 0 && { problems }) };
    try {
      return await terminal.out(`${jsonText({ error: body })}\n`);
    } catch {
      // The same on standard error: silence would look like success.
    }
  }
  const lines =
    problems.length === 0
      ? [`error: ${message} ${fix}`]
      : [`error: ${message}`, ...problemLines(problems), `  ${fix}`];
  terminal.err(`${lines.map(forTerminal).join('\n')}\n`);
}

const MAX_PROBLEMS = 20;

/** The first problems, and how many more there are: a file can have 50,000. */
function problemLines(problems: readonly string[]): string[] {
  const more = problems.length - MAX_PROBLEMS;
  return [
    ...problems.slice(0, MAX_PROBLEMS).map((problem) => `  - ${problem}`),
    ...(more > 0 ? [`  … and ${count(more)} more. All are in the output of --json.`] : []),
  ];
}

function unexpected(thrown: unknown): KeyturnError {
  // Node may have been loading one of its own files.
  if (isTooManyFiles(thrown)) return systemError('internal', 'Keyturn could not go on', '', thrown);
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const where = thrown instanceof Error && process.env['KEYTURN_DEBUG'] ? `\n${thrown.stack}` : '';
  return new KeyturnError(
    'internal',
    `Keyturn failed unexpectedly: ${message}${where}`,
    'The record is kept; run the command again. If it fails again, report this with KEYTURN_DEBUG=1 set.',
    { cause: thrown },
  );
}
