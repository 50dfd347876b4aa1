import type { DecidedKey } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { VerdictRow } from '../model/verdict.ts';
import { INVISIBLE } from './escape.ts';
import { inBatches, type Rows } from './rows.ts';

/** The findings as JSON Lines: each as in the model, complete. */
export const findingLines = (findings: Rows<Finding>): AsyncGenerator<string> => jsonLines(findings);

/** The decision in force for each candidate, as JSON Lines. */
export const decisionLines = (decisions: Rows<DecidedKey>): AsyncGenerator<string> => jsonLines(decisions);

/** How each approved change ended, as JSON Lines. */
export const outcomeLines = (outcomes: Rows<Outcome>): AsyncGenerator<string> => jsonLines(outcomes);

/** What validation says of each change, as JSON Lines. */
export const verdictLines = (verdicts: Rows<VerdictRow>): AsyncGenerator<string> => jsonLines(verdicts);

/**
 * A value as JSON on one line, safe to print: what a terminal would act on is written as `\uXXXX`, which every
 * JSON reader turns back into the same text.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, escapeUnits);
}

async function* jsonLines(rows: Rows<object>): AsyncGenerator<string> {
  for await (const batch of inBatches(rows)) yield batch.map((row) => `${jsonText(row)}\n`).join('');
}

/** By UTF-16 unit: JSON has no escape for a code point beyond U+FFFF. */
function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
