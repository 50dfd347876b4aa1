import { parse } from 'csv-parse/sync';
import { DECISIONS, type DecisionKind } from '../model/approval.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';

const NEEDED = ['keyArn', 'planDigest', 'decision'] as const;

interface Line {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

/**
 * Reads decisions from CSV as `keyturn list findings --csv` writes it, filled in by hand or by a spreadsheet: commas,
 * semicolons or tabs, any order of columns, others ignored. A row whose `decision` is empty decides nothing.
 */
export function readDecisionsCsv(source: string): DecisionsFile {
  let lines: Line[];
  try {
    lines = parse(source, {
      bom: true,
      columns: (header: string[]) => header.map((name) => name.trim()),
      delimiter: delimiterOf(source),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as Line[];
  } catch (error) {
    return { requests: [], problems: [`not CSV: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const missing = NEEDED.filter((name) => lines[0] && !Object.hasOwn(lines[0].record, name));
  if (missing.length > 0) return { requests: [], problems: [`line 1: no column ${missing.join(', ')}`] };
  return gatherRows(lines.map(readLine).filter((row) => row !== undefined));
}

/** The one that the header uses: a spreadsheet picks it by its locale, and the others may stand in any text. */
function delimiterOf(source: string): string {
  const [header = ''] = source.split(/[\r\n]/, 1);
  const uses = (delimiter: string) => header.split(delimiter).length;
  return [';', '\t'].reduce((best, each) => (uses(each) > uses(best) ? each : best), ',');
}

function readLine({ record, info }: Line): Row | undefined {
  const where = `line ${info.lines}`;
  const decision = record['decision']?.trim().toLowerCase() ?? '';
  const reason = record['reason']?.trim();
  if (decision === '') return reason ? { problem: `${where}: a reason without a decision` } : undefined;
  if (!isDecision(decision))
    return { problem: `${where}: decision ${JSON.stringify(decision)} is none of ${DECISIONS.join(', ')}` };
  const keyArn = record['keyArn']?.trim() ?? '';
  if (keyArn === '') return { problem: `${where}: no keyArn` };
  const planDigest = record['planDigest']?.trim() ?? '';
  if (planDigest === '')
    return { problem: `${where}: no planDigest, so nobody can tell which plan was decided on` };
  return { where, keyArn, decision, planDigest, ...(reason && { reason }) };
}

function isDecision(word: string): word is DecisionKind {
  return (DECISIONS as readonly string[]).includes(word);
}
