import { parse } from 'csv-parse/sync';
import { DECISIONS, type DecisionKind } from '../model/approval.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';
import { readSaid, withSaid } from './said.ts';

const NEEDED = ['keyArn', 'planDigest', 'decision'] as const;
const READ = [...NEEDED, 'reason'] as const;
/** What may not contradict the plan: of two, one would not be looked at. */
const HELD_AGAINST = ['keyId', 'account', 'region', 'operation'] as const;

/** A person takes `Decision` and `decision ` for the same column. */
const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/** A row of a finding has some 2,000; a key can have 50 tags and 50 aliases. */
const MAX_ROW_CHARACTERS = 1024 * 1024;
/** An ARN and a digest are longer. */
const MIN_ROW_CHARACTERS = 128;

interface Line {
  readonly record: readonly string[];
  /** Bytes of the text up to its end. */
  readonly info: { readonly bytes: number };
}

/**
 * Reads decisions from CSV as `keyturn list findings --csv` writes it, filled in by hand or by a spreadsheet: commas,
 * semicolons or tabs, any order of columns. Others are ignored, but for those that may not contradict the plan. A row whose `decision` is empty decides nothing. A key is
 * known by its ARN alone: of an account id, a spreadsheet drops the leading zeros.
 */
export function readDecisionsCsv(source: string): DecisionsFile {
  let lines: Line[];
  try {
    lines = parse(source, {
      bom: true,
      delimiter: delimiterOf(source),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_CHARACTERS,
      on_record: refuseRagged(source.length),
    }) as unknown as Line[];
  } catch (error) {
    return { requests: [], problems: [`not CSV: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const [header, ...rest] = lines;
  if (!header) return { requests: [], problems: [] };
  const columns = header.record.map((name) => name.trim());
  const missing = NEEDED.filter((name) => !columns.includes(name));
  if (missing.length > 0) return { requests: [], problems: [`line 1: no column ${missing.join(', ')}`] };
  const lineAt = lineCounter(source);
  const plain = columns.map(plainName);
  const twice = [...READ, ...HELD_AGAINST].filter(
    (name) => plain.indexOf(plainName(name)) !== plain.lastIndexOf(plainName(name)),
  );
  if (twice.length > 0) return { requests: [], problems: [`line 1: duplicate column ${twice.join(', ')}`] };
  lineAt(header.info.bytes);
  return gatherRows(readRows(rest, columns, lineAt));
}

function* readRows(
  lines: readonly Line[],
  columns: readonly string[],
  lineAt: (end: number) => number,
): Generator<Row> {
  const indexes = new Map(columns.toReversed().map((name, index) => [name, columns.length - 1 - index]));
  for (const { record, info } of lines) {
    const cell = (name: string) => record[indexes.get(name) ?? -1]?.trim() ?? '';
    const row = readLine(cell, `line ${lineAt(info.bytes)}`);
    if (!row || 'problem' in row) {
      if (row) yield row;
      continue;
    }
    yield { ...row, ...withSaid(readSaid(columns.map((name, index) => [name, record[index]]))) };
  }
}

/** The parser makes an error of each row that is not as long as the header, which takes longer than to read it. */
function refuseRagged(sourceLength: number) {
  let left = 1000 + sourceLength / MIN_ROW_CHARACTERS;
  return <Parsed>(row: Parsed, { error }: { readonly error?: unknown }): Parsed => {
    if (error !== undefined) left -= 1;
    if (left < 0) throw new Error('most rows do not have the columns of the first line');
    return row;
  };
}

/** The one that the header uses: a spreadsheet picks it by its locale, and the others may stand in any text. */
function delimiterOf(source: string): string {
  const [header = ''] = source.split(/[\r\n]/, 1);
  const uses = (delimiter: string) => header.split(delimiter).length;
  return [';', '\t'].reduce((best, each) => (uses(each) > uses(best) ? each : best), ',');
}

/**
 * Says on which line a record begins, given where it ends: a cell can hold line breaks, and the parser counts those of
 * Windows twice. To be asked in ascending order.
 */
function lineCounter(source: string): (end: number) => number {
  const bytes = Buffer.from(source);
  let [at, line] = [0, 1];
  const pass = () => {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) line += 1;
    at += 1;
  };
  return (end) => {
    while (at < end && (bytes[at] === LF || bytes[at] === CR)) pass();
    const first = line;
    while (at < end) pass();
    return first;
  };
}

const [LF, CR] = [0x0a, 0x0d];

function readLine(cell: (name: string) => string, location: string): Row | undefined {
  const decision = cell('decision').toLowerCase();
  const reason = cell('reason');
  if (decision === '') return reason ? { problem: `${location}: a reason without a decision` } : undefined;
  if (!isDecision(decision))
    return {
      problem: `${location}: decision ${JSON.stringify(decision)} is none of ${DECISIONS.join(', ')}`,
    };
  const keyArn = cell('keyArn');
  if (keyArn === '') return { problem: `${location}: no keyArn` };
  const planDigest = cell('planDigest');
  if (planDigest === '')
    return { problem: `${location}: no planDigest, so nobody can tell which plan was decided on` };
  return { location, keyArn, choice: decision, planDigest, ...(reason && { reason }) };
}

function isDecision(word: string): word is DecisionKind {
  return (DECISIONS as readonly string[]).includes(word);
}
