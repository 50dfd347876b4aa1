import { InvalidArgumentError } from 'commander';
import { KeyturnError } from '../../messages/error.ts';
import { suggest } from '../../messages/suggest.ts';
import { conflictsOf, type Given } from './resolve.ts';
import { type Setting, type SettingTable, variableOf } from './setting.ts';
import { COMMON, TAKES } from './takes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of Keyturn that are not settings. */
const OTHERS = ['KEYTURN_KEY_PASSPHRASE', 'KEYTURN_DEBUG', 'KEYTURN_CALLED_AS'];
/** Variables of Keyturn's own tests and measurements, which a run inherits from them. */
const OF_TESTS = /^KEYTURN_(SEED|CASE|KILLS|RUNS|SLACK|CHROMIUM|PICTURES|EXECUTABLE|BENCH_[A-Z]+)$/;

const EVERY_SETTING: SettingTable = Object.assign({}, ...Object.values(TAKES), COMMON);

/**
 * The settings that the environment gives. An empty variable gives nothing.
 * @param taken the settings to look at: all, unless the command reads no settings of a team
 * @throws KeyturnError `input-environment` with every variable that is not valid. Values are not repeated: they may be secret.
 */
export function environmentLayer(env: Environment, taken: SettingTable = EVERY_SETTING): Given[] {
  const problems: string[] = [];
  const given = Object.entries(taken).flatMap(([name, row]): Given[] => {
    const variable = variableOf(row);
    const text = variable === undefined ? undefined : env[variable];
    if (variable === undefined || text === undefined || text === '') return [];
    const parsed = parseVariable(row, text);
    if ('problem' in parsed) problems.push(`${variable}: ${parsed.problem}`);
    else return [{ name, value: parsed.value, source: 'environment', at: variable }];
    return [];
  });
  problems.push(...contradictions(given, taken));
  if (problems.length > 0) throw invalid(problems);
  return given;
}

function parseVariable({ kind }: Setting, text: string): { value: unknown } | { problem: string } {
  try {
    return { value: kind.parse(text) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return { problem: error.message };
  }
}

function contradictions(given: readonly Given[], taken: SettingTable): string[] {
  const asserted = given.filter(({ value }) => value !== false);
  return asserted.flatMap((one, index) =>
    asserted
      .slice(index + 1)
      .filter((other) => conflictsOf(one.name, taken).includes(other.name))
      .map((other) => `${one.at}: It cannot be combined with ${other.at}.`),
  );
}

const invalid = (problems: readonly string[]) =>
  new KeyturnError(
    'input-environment',
    problems.length === 1
      ? 'An environment variable is not valid:'
      : `${problems.length} environment variables are not valid:`,
    'Correct each of them, or unset it. docs/configuration.md lists the values.',
    { problems },
  );

const MAX_NAMED = 5;

/** One warning about the variables that Keyturn does not know; undefined if there are none. */
export function warnOfUnknownVariables(env: Environment): string | undefined {
  const known = [...OTHERS, ...Object.values(EVERY_SETTING).flatMap((row) => variableOf(row) ?? [])];
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith('KEYTURN_') && !known.includes(name) && !OF_TESTS.test(name),
  );
  if (unknown.length === 0) return undefined;
  const named = unknown.slice(0, MAX_NAMED).map((name) => describeUnknown(name, known));
  const more = unknown.length > MAX_NAMED ? ` and ${unknown.length - MAX_NAMED} more` : '';
  const noun = unknown.length === 1 ? 'variable' : 'variables';
  return `warning: ignored unknown environment ${noun} ${named.join(', ')}${more}. docs/configuration.md lists them.`;
}

function describeUnknown(name: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  const shortened = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return meant === undefined ? shortened : `${shortened} (did you mean ${meant}?)`;
}
