import { stringify } from 'csv-stringify/sync';
import type { ApprovalHeader, DecidedKey } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import { priceOf } from '../model/prices.ts';
import type { VerdictRow } from '../model/verdict.ts';
import {
  type Columns,
  decisionColumns,
  findingColumns,
  outcomeColumns,
  verdictColumns,
} from './csv-columns.ts';
import { forCsv } from './escape.ts';
import { inBatches, type Rows } from './rows.ts';

/**
 * The findings as CSV. `decision` and `reason` are empty, for a person to fill in; `planDigest` stands on every row
 * so that rows sent back are bound to the plan that they were written for.
 */
export function findingsCsv(
  findings: Rows<Finding>,
  planDigest = '',
  price = priceOf('aws'),
): AsyncGenerator<string> {
  return csv(findingColumns(planDigest, price), findings);
}

/** The decision in force for each candidate as CSV, with who submitted it and when where approvals are given. */
export function decisionsCsv(
  decisions: Rows<DecidedKey>,
  approvals: readonly ApprovalHeader[] = [],
): AsyncGenerator<string> {
  return csv(decisionColumns(approvals), decisions);
}

/** How each approved change ended, as CSV. */
export const outcomesCsv = (outcomes: Rows<Outcome>): AsyncGenerator<string> => csv(outcomeColumns, outcomes);

/** What validation says of each change, as CSV. */
export const verdictsCsv = (verdicts: Rows<VerdictRow>): AsyncGenerator<string> =>
  csv(verdictColumns, verdicts);

/**
 * RFC 4180 but for LF as the line end; always with its header. CSV is for spreadsheets (JSON Lines are for programs),
 * so it begins with a byte order mark: without one Excel takes UTF-8 for the code page of its country.
 */
async function* csv<T>(columns: Columns<T>, rows: Rows<T>): AsyncGenerator<string> {
  const cells = Object.values(columns);
  yield `\uFEFF${stringify([Object.keys(columns)])}`;
  for await (const batch of inBatches(rows)) {
    yield stringify(batch.map((row) => cells.map((cell) => forCsv(cell(row)?.toString() ?? ''))));
  }
}
