import { jsonText } from '../model/json-text.ts';
import { inBatches, type Rows } from './rows.ts';

/**
 * Records (findings, decisions, outcomes, verdicts) as JSON Lines: each complete, as in the model, and with a `reason`,
 * `null` where there is none, so that a script can ask for it on every line.
 */
export async function* recordLines(rows: Rows<object>): AsyncGenerator<string> {
  for await (const batch of inBatches(rows)) yield batch.map(recordLine).join('');
}

/** One record's line, with its newline. */
export const recordLine = (row: object): string =>
  `${jsonText('reason' in row ? row : { ...row, reason: null })}\n`;

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
