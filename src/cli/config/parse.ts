import type * as z from 'zod';
import { KeyturnError } from '../../messages/error.ts';
import { suggest } from '../../messages/suggest.ts';
import { configSchema } from './schema.ts';
import { type Entry, type Problem, REFUSED, readYaml, type YamlText } from './yaml.ts';

/** A configuration file, parsed: values as their flags have them, and the lines of their keys. */
export interface Config {
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly lines: Readonly<Record<string, number>>;
}

/** Bytes. */
const LARGEST = 1024 * 1024;

/**
 * Parses the text of a configuration file.
 * @throws KeyturnError `input-config` with every problem and its line
 */
export function parseConfig(source: string, file = 'keyturn.yaml'): Config {
  if (Buffer.byteLength(source) > LARGEST) throw refused(file, ['It is larger than 1 MiB.']);
  const yaml = readYaml(source);
  const parsed = configSchema.safeParse(valuesOf(yaml));
  const issues = (parsed.error?.issues ?? []).flatMap((issue) => locate(issue, yaml.entries));
  const problems = [...yaml.broken, ...[...yaml.problems, ...issues].filter(isBefore(yaml.broken))];
  if (problems.length > 0 || !parsed.success) throw refused(file, inOrder(problems, yaml));
  const lines = [...yaml.entries].map(([key, { at }]) => [key, yaml.position(at).line]);
  return { file, values: parsed.data, lines: Object.fromEntries(lines) };
}

/** Past a syntax error the text means anything: what it seems to say there is not judged. */
function isBefore(broken: readonly Problem[]): (problem: Problem) => boolean {
  const first = broken.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  return ({ at }) => at < first;
}

/** Without a prototype: `__proto__` and `constructor` are unknown keys like others. */
function valuesOf({ entries }: YamlText): object {
  const values = Object.create(null);
  for (const [key, { value }] of entries) if (value !== REFUSED) values[key] = value;
  return values;
}

const KNOWN = Object.keys(configSchema.shape);

/** Where in the text an issue of the schema stands. */
function locate(
  issue: z.core.$ZodIssue,
  entries: YamlText['entries'],
  within: PropertyKey[] = [],
): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, entries.get(key)));
  const path = [...within, ...issue.path];
  // Of the ways to write a value the last is a list, which says what is wrong with which item.
  if (issue.code === 'invalid_union') {
    return (issue.errors.at(-1) ?? []).flatMap((inner) => locate(inner, entries, path));
  }
  const [key = '', index] = path;
  const entry = entries.get(String(key));
  const at = typeof index === 'number' ? entry?.itemsAt[index] : undefined;
  return [{ at: at ?? entry?.valueAt ?? 0, said: `${String(key)}: ${issue.message}` }];
}

function unknownKey(key: string, entry: Entry | undefined): Problem {
  const meant = suggest(key, KNOWN);
  const said = meant === undefined ? 'docs/configuration.md lists the keys' : `did you mean ${meant}?`;
  return { at: entry?.at ?? 0, said: `${shorten(key)}: There is no such key; ${said}` };
}

const shorten = (word: string): string => (word.length > 60 ? `${word.slice(0, 60)}…` : word);

/** As a person reads the file, each place and problem once. */
function inOrder(problems: readonly Problem[], yaml: YamlText): string[] {
  const inText = [...problems].sort((a, b) => a.at - b.at);
  const said = inText.map(({ at, said }) => {
    const { line, col } = yaml.position(at);
    return `line ${line}, column ${col}: ${said}`;
  });
  return [...new Set(said)];
}

function refused(file: string, problems: readonly string[]): KeyturnError {
  return new KeyturnError(
    'input-config',
    `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
    'Mend each of them; docs/configuration.md explains the keys.',
    { problems },
  );
}
