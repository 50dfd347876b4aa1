import { styleText } from 'node:util';

/** Where results and progress go: results to standard output, everything else to standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** Columns of standard output; undefined where it is no terminal. */
  readonly width: number | undefined;
  /** Whether a person can be asked: both ends are terminals, and no script waits for JSON. */
  readonly interactive: boolean;
  out(text: string): Promise<void>;
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

/** Standard output was closed by its reader: nothing more can be said, and nothing went wrong. */
export class ReaderLeft extends Error {
  constructor(cause: Error) {
    super('standard output was closed', { cause });
  }
}

/** The terminal of this process; colour only on one, and not with NO_COLOR or --no-color. */
export function openTerminal({ json = false, color = true, quiet = false }: TerminalOptions): Terminal {
  const { stdout, stderr, stdin, env } = process;
  const colour = color && stdout.isTTY === true && !json && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return {
    json,
    quiet,
    colour,
    width: stdout.isTTY ? stdout.columns : undefined,
    interactive: stdin.isTTY === true && stderr.isTTY === true && stdout.isTTY === true && !json,
    out: (text) =>
      new Promise((resolve, reject) =>
        stdout.write(text, (error) => (error ? reject(new ReaderLeft(error)) : resolve())),
      ),
    err: (text) => {
      stderr.write(text);
    },
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    yellow: style('yellow'),
    green: style('green'),
  };
}
