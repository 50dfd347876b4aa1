import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { parseYaml, startOf } from '../../model/yaml-text.ts';

/** Something wrong at a place of the text. */
export interface Problem {
  /** Offset into the text. */
  readonly at: number;
  readonly said: string;
}

/** One key of the file with its value, and where they stand. */
export interface Entry {
  readonly at: number;
  readonly value: unknown;
  readonly valueAt: number;
  /** Where the items stand, for a list. */
  readonly itemsAt: readonly number[];
}

export interface YamlText {
  readonly entries: ReadonlyMap<string, Entry>;
  /** What is no YAML. */
  readonly broken: readonly Problem[];
  /** What YAML has and is not taken here. */
  readonly problems: readonly Problem[];
  position(at: number): { readonly line: number; readonly col: number };
}

/**
 * Reads keys with values out of YAML 1.2. What a configuration of words, numbers and lists has no use for is refused:
 * aliases (they can grow a small text into a huge one), tags, keys that stand twice.
 */
export function readYaml(source: string): YamlText {
  const { contents, problems: errors, position } = parseYaml(source);
  const broken = errors.map(({ at, message, isLimit }) => ({
    at,
    said: isLimit ? `This file is refused: ${message}.` : `This is not YAML: ${message}.`,
  }));
  const { entries, problems } = readEntries(contents, (at) => position(at).line);
  return { entries, broken, problems, position };
}

interface Reading {
  readonly entries: Map<string, Entry>;
  readonly problems: Problem[];
}

function readEntries(contents: Node | null, lineOf: (at: number) => number): Reading {
  const reading: Reading = { entries: new Map(), problems: [] };
  if (contents === null || (isScalar(contents) && contents.value === null)) return reading;
  if (!isMap(contents) || contents.tag !== undefined) {
    reading.problems.push({ at: startOf(contents), said: 'Write keys with values, like regions: all.' });
    return reading;
  }
  for (const pair of contents.items) readPair(pair, reading, lineOf);
  return reading;
}

function readPair({ key, value }: Pair, reading: Reading, lineOf: (at: number) => number): void {
  const { entries, problems } = reading;
  const at = startOf(key);
  if (!isScalar(key) || typeof key.value !== 'string' || key.tag !== undefined) {
    problems.push({ at, said: 'A key has to be a word, like regions.' });
    return;
  }
  const earlier = entries.get(key.value);
  if (earlier) {
    problems.push({ at, said: `${key.value}: It stands on line ${lineOf(earlier.at)} already.` });
    return;
  }
  const nodes = isSeq(value) ? [value, ...value.items] : [value];
  const name = key.value;
  const refused = nodes.flatMap((node) => refuse(node, name, at));
  problems.push(...refused);
  entries.set(name, {
    at,
    value: refused.length > 0 ? REFUSED : plain(value),
    valueAt: startOf(value, at),
    itemsAt: isSeq(value) ? value.items.map((item) => startOf(item, at)) : [],
  });
}

/** Stands for a value that is refused already. */
export const REFUSED = Symbol('refused');

function refuse(node: unknown, key: string, keyAt: number): Problem[] {
  const at = startOf(node, keyAt);
  if (isAlias(node)) return [{ at, said: `${key}: Write the value itself; aliases (*name) are not taken.` }];
  const isTagged = (isScalar(node) || isSeq(node) || isMap(node)) && node.tag !== undefined;
  if (isTagged) return [{ at, said: `${key}: Write the value alone; tags (!name) are not taken.` }];
  const isEmpty = node === null || (isScalar(node) && node.value === null);
  return isEmpty ? [{ at, said: `${key}: There is no value; write one, or leave the key out.` }] : [];
}

/** Words, numbers and lists of them; anything else is an object that no key takes. */
function plain(node: unknown, isItem = false): unknown {
  if (isScalar(node)) return node.value;
  return isSeq(node) && !isItem ? node.items.map((item) => plain(item, true)) : {};
}
