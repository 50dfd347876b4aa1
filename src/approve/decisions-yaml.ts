import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { describeYamlProblem, parseYaml, startOf } from '../model/yaml-text.ts';
import { fieldsOf, readItem } from './decision-item.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';
import { readSaid, type Said } from './said.ts';

/** Characters: some 35,000 decisions. Parsing takes a hundred times that in memory; JSON and CSV need no such bound. */
const LARGEST = 4 * 1024 * 1024;

/** Whether a text begins as YAML does: a comment, a mark, a list or a key. CSV begins with its columns. */
export const isYaml = (source: string): boolean =>
  /^\uFEFF?\s*(#|---|%YAML|-\s|["']?[A-Za-z]+["']?:(\s|$))/.test(source);

/**
 * Reads decisions from YAML 1.2, in the forms of the JSON: a list, or `planDigest` and `decisions`. Only words are
 * taken: aliases (a few can stand for billions), tags and keys that stand twice are refused where they would matter,
 * and nothing is ever put in an alias's place.
 */
export function readDecisionsYaml(source: string): DecisionsFile {
  if (source.length > LARGEST) {
    return { requests: [], problems: ['the YAML is larger than 4 MiB; write JSON or CSV instead'] };
  }
  const { contents, problems, position } = parseYaml(source);
  const locationOf = (at: number) => `line ${position(at).line}`;
  if (problems.length > 0) {
    return {
      requests: [],
      problems: problems.map((problem) => `${locationOf(problem.at)}: ${describeYamlProblem(problem)}`),
    };
  }
  return gatherRows(readDocument(contents, (node) => locationOf(startOf(node))));
}

type LocationOf = (node: unknown) => string;

function* readDocument(contents: Node | null, locationOf: LocationOf): Generator<Row> {
  if (isSeq(contents)) return yield* readList(contents, locationOf);
  if (!isMap(contents))
    return yield { problem: 'line 1: neither a list of decisions nor a document with one' };
  const list = contents.get('decisions', true) as unknown;
  if (!isSeq(list)) return yield readNode(contents, locationOf);
  const { values, problems } = readWords(contents, locationOf);
  const digest = values['planDigest'];
  if (digest !== undefined && typeof digest !== 'string') {
    problems.push(`${locationOf(contents)}: the planDigest is no text; write it in quotes`);
  }
  const ofAll = readSaid(fieldsOf(values));
  const digestOfAll = typeof digest === 'string' ? digest : undefined;
  for (const problem of problems) yield { problem };
  yield* readList(list, locationOf, digestOfAll, ofAll);
}

function* readList(
  { items }: YAMLSeq,
  locationOf: LocationOf,
  digestOfAll?: string,
  ofAll?: Said,
): Generator<Row> {
  for (const each of items) yield readNode(each, locationOf, digestOfAll, ofAll);
}

function readNode(node: unknown, locationOf: LocationOf, digestOfAll?: string, ofAll?: Said): Row {
  const location = locationOf(node);
  if (isAlias(node))
    return { problem: `${location}: aliases (*name) are not taken; write the decision itself` };
  if (!isMap(node)) return { problem: `${location}: no decision; write keyArn and decision` };
  const { values, problems } = readWords(node, locationOf);
  return problems.length > 0
    ? { problem: problems.join('; ') }
    : readItem(values, location, digestOfAll, ofAll);
}

/** The keys of a map that have a word or a number for a value; without a prototype, so that no name is special. */
function readWords(
  map: YAMLMap,
  locationOf: LocationOf,
): { values: Record<string, unknown>; problems: string[] } {
  const values: Record<string, unknown> = Object.create(null);
  const problems: string[] = [];
  for (const { key, value } of map.items) {
    const location = locationOf(key);
    const name = isScalar(key) ? String(key.value) : '';
    if (name in values) problems.push(`${location}: ${name} stands twice`);
    else if (isAlias(key) || isAlias(value)) problems.push(`${location}: aliases (*name) are not taken`);
    else if (isScalar(value) && value.tag !== undefined)
      problems.push(`${location}: tags (!name) are not taken`);
    if (name === 'proposed' && isMap(value)) {
      const proposed = readWords(value, locationOf);
      problems.push(...proposed.problems);
      values[name] = proposed.values;
    } else values[name] = isScalar(value) ? value.value : null;
  }
  return { values, problems };
}
