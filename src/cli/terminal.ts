import { styleText } from 'node:util';
import { forOutput } from '../report/escape.ts';
import { standardOutput } from './write-output.ts';

/** Where results and progress go: results to standard output, everything else to standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** Columns of standard output; undefined where it is no terminal. */
  readonly width: number | undefined;
  /** Whether a person can be asked: both ends are terminals, and no script waits for JSON. */
  readonly interactive: boolean;
  /** @throws KeyturnError `output-failed`; a reader that left is no failure */
  out(text: string): Promise<void>;
  /** Whether the reader of standard output left, so that nothing more has to be read for it. */
  isClosed(): boolean;
  err(text: string): void;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

export interface TerminalOptions {
  readonly json?: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** The terminal of this process; colour only on one, and not with NO_COLOR or --no-color. */
export function openTerminal({ json = false, color = true, quiet = false }: TerminalOptions): Terminal {
  const { stdout, stderr, stdin, env } = process;
  const colour = color && stdout.isTTY === true && !json && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const printed = (text: string): string => {
    const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
    return mark + forOutput(text.slice(mark.length), { styles: colour, redraw: false });
  };
  return {
    json,
    quiet,
    colour,
    width: stdout.isTTY ? stdout.columns : undefined,
    interactive: stdin.isTTY === true && stderr.isTTY === true && stdout.isTTY === true && !json,
    // JSON and CSV escape what they quote; a spreadsheet needs the mark that CSV begins with.
    out: (text) => standardOutput.write(json ? text : printed(text)),
    isClosed: standardOutput.isClosed,
    err: (text) => {
      stderr.write(forOutput(text, { styles: colour, redraw: stderr.isTTY === true }));
    },
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    yellow: style('yellow'),
    green: style('green'),
  };
}
