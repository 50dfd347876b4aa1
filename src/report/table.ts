import stringWidth from 'string-width';
import { forTerminal } from './escape.ts';
import { inBatches, type Rows } from './rows.ts';

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Cut only when nothing else is left to cut, and then at its start: the end of an identifier tells it apart. */
  readonly identifier?: boolean;
}

export interface TableStyle {
  /** Columns of the terminal; without it nothing is cut. */
  readonly width?: number | undefined;
  readonly colour?: boolean | undefined;
}

type Row = readonly string[];

const GAP = '  ';
const NARROWEST = 6;

/**
 * A plain table for a terminal: a header, then a line a row. Cells are raw text and are escaped here.
 *
 * @returns lines, each with its newline
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: Iterable<Row>,
  style: TableStyle = {},
): string {
  const shown = Array.from(rows, escapeRow);
  const layout = layOut(columns, shown, style);
  return [layout.header, ...shown.map(layout.line)].join('');
}

/** The same over a stream, measured by its first rows: a later cell that is wider is cut, or sticks out. */
export async function* streamTable(
  columns: readonly TableColumn[],
  rows: Rows<Row>,
  style: TableStyle = {},
): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const chunk of streamTableIfAny(columns, rows, style)) {
    isEmpty = false;
    yield chunk;
  }
  if (isEmpty) yield layOut(columns, [], style).header;
}

/** The same, and nothing at all where there are no rows. */
export async function* streamTableIfAny(
  columns: readonly TableColumn[],
  rows: Rows<Row>,
  style: TableStyle = {},
): AsyncGenerator<string> {
  let layout: Layout | undefined;
  for await (const batch of inBatches(rows)) {
    const shown = batch.map(escapeRow);
    if (!layout) {
      layout = layOut(columns, shown, style);
      yield layout.header;
    }
    yield shown.map(layout.line).join('');
  }
}

const escapeRow = (row: Row): Row => row.map(forTerminal);

interface Layout {
  readonly header: string;
  line(row: Row): string;
}

function layOut(columns: readonly TableColumn[], sample: readonly Row[], style: TableStyle): Layout {
  const widths = fitWidths(columns, sample, style.width);
  const line = (row: Row): string => {
    const cells = columns.map((column, index) => {
      const cell = row[index] ?? '';
      const width = widths[index] ?? 0;
      return pad(style.width === undefined ? cell : cut(cell, width, column), width, column);
    });
    return cells.join(GAP).trimEnd();
  };
  const titles = line(columns.map(({ title }) => title));
  return {
    header: style.colour ? `\u001b[1m${titles}\u001b[22m\n` : `${titles}\n`,
    line: (row) => `${line(row)}\n`,
  };
}

/** Widths by content, then narrowed from the widest on until the table fits: identifiers last. */
function fitWidths(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  width: number | undefined,
): number[] {
  const widths = columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? '')), stringWidth(column.title)),
  );
  if (width === undefined) return widths;
  const room = Math.max(0, width - GAP.length * (columns.length - 1));
  narrow(widths, room, (index) => !columns[index]?.identifier);
  narrow(widths, room, () => true);
  return widths;
}

function narrow(widths: number[], room: number, may: (index: number) => boolean): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.reduce(
      (best, width, index) => (may(index) && width > (widths[best] ?? NARROWEST) ? index : best),
      -1,
    );
    if (widest < 0) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
}

function pad(cell: string, width: number, { align }: TableColumn): string {
  const blank = ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return align === 'right' ? blank + cell : cell + blank;
}

/** Cuts text to a width, an identifier at its start. */
export function cut(
  cell: string,
  width: number,
  { identifier }: Pick<TableColumn, 'identifier'> = {},
): string {
  if (stringWidth(cell) <= width) return cell;
  const characters = Array.from(new Intl.Segmenter().segment(cell), ({ segment }) => segment);
  const kept = takeWidth(identifier ? characters.reverse() : characters, width - 1);
  return identifier ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}

function takeWidth(characters: readonly string[], width: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += stringWidth(character);
    if (used > width) break;
    kept.push(character);
  }
  return kept;
}
