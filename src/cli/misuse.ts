import type { Command, CommanderError } from 'commander';
import { KeyturnError } from '../messages/error.ts';
import { suggest } from '../messages/suggest.ts';
import { commandPath } from './help.ts';
import { executable } from './show/command-line.ts';

/** A command line that the parser refuses, or a help or version that was asked for. */
export class Misuse extends Error {
  override readonly cause: CommanderError;
  readonly command: Command;

  constructor(cause: CommanderError, command: Command) {
    super(cause.message);
    this.cause = cause;
    this.command = command;
  }
}

/** The error for a person: what is wrong, and the help of the command that is meant. */
export function describeMisuse({ cause, command }: Misuse, args: readonly string[]): KeyturnError {
  return new KeyturnError('input-argument', whatIsWrong(cause, command, args), `See ${helpOf(command)}.`);
}

const helpOf = (command: Command): string => `${callOf(command)} --help`;

function callOf(command: Command): string {
  const path = commandPath(command);
  return path === 'keyturn' ? executable() : `${executable()} ${path}`;
}

function whatIsWrong(cause: CommanderError, command: Command, args: readonly string[]): string {
  if (cause.code !== 'commander.help') return withLongerFlag(asSentences(cause.message), command);
  const names = command.commands.map((each) => each.name());
  const asked = args.slice(args.indexOf('help') + 1).find((word) => !word.startsWith('-'));
  if (args.includes('help') && asked !== undefined) {
    const meant = suggest(asked, names);
    return `Unknown command '${asked}'.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  }
  return `${callOf(command)} needs a subcommand: ${names.join(', ')}.`;
}

/** Commander suggests what is spelt alike, and not a flag that only goes on: `--sign` for `--sign-with`. */
function withLongerFlag(message: string, command: Command): string {
  const [, unknown] = /^Unknown option '(--[a-z-]+)'\.$/.exec(message) ?? [];
  const flags = flagsOf(command).filter((flag) => unknown !== undefined && flag.startsWith(`${unknown}-`));
  return flags.length === 0 ? message : `${message} Did you mean ${flags.join(' or ')}?`;
}

const flagsOf = (command: Command): string[] => [
  ...command.options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long])),
  ...(command.parent ? flagsOf(command.parent) : []),
];

/** Commander's words as sentences: capital letter and full stop. */
function asSentences(message: string): string {
  const [first = '', ...more] = message.replace(/^error: /, '').split(/\s*\n\s*/);
  const said = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  const ended = /[.?!)]$/.test(said) ? said : `${said}.`;
  return [ended, ...more.map((each) => each.replace(/^\((.*)\)$/, '$1'))].join(' ').trim();
}
