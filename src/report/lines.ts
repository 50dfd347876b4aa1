import { INVISIBLE } from './escape.ts';
import { inBatches, type Rows } from './rows.ts';

/**
 * Records (findings, decisions, outcomes, verdicts) as JSON Lines: each complete, as in the model, and with a `reason`,
 * `null` where there is none, so that a script can ask for it on every line.
 */
export async function* recordLines(rows: Rows<object>): AsyncGenerator<string> {
  for await (const batch of inBatches(rows))
    yield batch.map((row) => `${jsonText(withReason(row))}\n`).join('');
}

const withReason = (row: object): object => ('reason' in row ? row : { ...row, reason: null });

/** A JSON object on one line whose last member is a list: the text of `jsonText`, in pieces. */
export async function* jsonWithList(head: object, name: string, rows: Rows<object>): AsyncGenerator<string> {
  const begun = jsonText(head).slice(0, -1);
  yield `${begun}${begun === '{' ? '' : ','}${jsonText(name)}:[`;
  let between = '';
  for await (const batch of inBatches(rows)) {
    yield between + batch.map(jsonText).join(',');
    between = ',';
  }
  yield ']}';
}

/**
 * A value as JSON on one line, safe to print: what a terminal would act on is written as `\uXXXX`, which every
 * JSON reader turns back into the same text.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, escapeUnits);
}

/** By UTF-16 unit: JSON has no escape for a code point beyond U+FFFF. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
