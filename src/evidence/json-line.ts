import * as z from 'zod';
import { jsonText } from '../model/json-text.ts';
import { parseJson } from '../model/parse-json.ts';

/*
 * Two readers of JSON can read one text differently: a key that stands twice, 1.0 for 1, fields that one of them does
 * not know. A record of evidence has to be written in the one way that Keyturn writes it, and hold nothing else.
 */

/** @throws Error where a line is not JSON, or is written in another way than Keyturn would write the same value */
export function parseJsonLine(line: string): unknown {
  const value: unknown = parseJson(line);
  if (jsonText(value) === line) return value;
  throw new Error('it is not written as Keyturn writes JSON');
}

/** Parses a value that has to be all that the schema says, and no more. @throws Error where it is not */
export function parseWhole<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.parse(value);
  if (isSame(parsed, value)) return parsed;
  throw new Error('it holds something that does not belong there');
}

/** Whether two JSON values are equal, whatever the order of their keys. */
function isSame(one: unknown, other: unknown): boolean {
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
