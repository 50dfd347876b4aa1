import { KeyturnError } from '../messages/error.ts';
import { jsonText } from '../model/json-text.ts';
import { forTerminal } from '../report/escape.ts';
import type { Terminal } from './terminal.ts';

/** Prints an error with what to do next: one line on standard error (more where there are many problems), or as the one JSON document of a `--json` run. */
export function reportError(terminal: Terminal, thrown: unknown): void {
  const error = thrown instanceof KeyturnError ? thrown : unexpected(thrown);
  const { code, message, fix, problems } = error;
  if (terminal.json) {
    const body = { code, message, fix, ...(problems.length > 0 && { problems }) };
    process.stdout.write(`${jsonText({ error: body })}\n`);
    return;
  }
  const lines =
    problems.length === 0
      ? [`error: ${message} ${fix}`]
      : [`error: ${message}`, ...problems.map((problem) => `  - ${problem}`), `  ${fix}`];
  terminal.err(`${lines.map(forTerminal).join('\n')}\n`);
}

function unexpected(thrown: unknown): KeyturnError {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const where = thrown instanceof Error && process.env['KEYTURN_DEBUG'] ? `\n${thrown.stack}` : '';
  return new KeyturnError(
    'internal',
    `Keyturn failed unexpectedly: ${message}${where}`,
    'The record is kept; run the command again. If it fails again, report this with KEYTURN_DEBUG=1 set.',
    { cause: thrown },
  );
}
