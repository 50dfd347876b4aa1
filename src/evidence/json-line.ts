import * as z from 'zod';
import { jsonText } from '../model/json-text.ts';
import { parseJson } from '../model/parse-json.ts';

/*
 * Two readers of JSON can read one text differently: a key that stands twice, 1.0 for 1, fields that one of them does
 * not know. A record of evidence has to be written in the one way that Keyturn writes it, and hold nothing else.
 */

/**
 * @throws Error if a line is not JSON, is written in another way than Keyturn would write the same value, or holds what two
 *   readers can read differently
 */
export function parseJsonLine(line: string): unknown {
  const value: unknown = parseJson(line);
  if (jsonText(value) !== line) throw new Error('it is not written as Keyturn writes JSON');
  requireOneReading(value, line);
  return value;
}

/**
 * @param line the value as `jsonText` writes it
 * @throws Error if two readers can read the value differently
 */
export function requireOneReading(value: unknown, line: string): void {
  const mayHoldHalf = line.includes(ESCAPED_SURROGATE);
  if (mayHoldHalf && LONE_SURROGATE.test(JSON.stringify(value))) throw new Error('it holds half a character');
  requireNumbers(value);
}

/** How each surrogate that a line escapes begins. */
const ESCAPED_SURROGATE = '\\ud';
/** JSON.stringify escapes those surrogates, and no others, that are not one of a pair. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;
/** Below it, readers write a fraction with an exponent. */
const SMALLEST_FRACTION = 0.0001;

/** Integers that every reader reads alike, and fractions that every reader writes alike. */
function requireNumbers(value: unknown): void {
  if (isObject(value)) for (const each of Object.values(value)) requireNumbers(each);
  if (typeof value !== 'number') return;
  const isFit = Number.isInteger(value) ? Number.isSafeInteger(value) : Math.abs(value) >= SMALLEST_FRACTION;
  if (!isFit) throw new Error('a number is too large, or a fraction too small');
}

/** Parses a value that has to be all that the schema says, and no more. @throws Error where it is not */
export function parseWhole<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.parse(value);
  if (isSame(parsed, value)) return parsed;
  throw new Error('it holds something that does not belong there');
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(other);
  return Object.keys(one).length === names.length && names.every((name) => isSame(one[name], other[name]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What was wrong with a line, in one text. */
export function saidBy(cause: unknown): string {
  if (cause instanceof z.ZodError) return z.prettifyError(cause);
  return cause instanceof Error ? cause.message : String(cause);
}
