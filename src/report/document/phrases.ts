import type { Failure } from '../../model/failure.ts';
import type { Block, Inline, Row, TableBlock, Text } from './model.ts';

/** A number as people read it: `12,345`. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 key`, `2 keys`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const keys = (value: number): string => counted(value, 'key');

export const day = (at: string | undefined): Inline => (at ? { day: at } : '');

export const code = (text: string | undefined): Inline => (text === undefined ? '' : { code: text });

export const time = (at: string | null | undefined): Inline => (at ? { time: at } : '');

/** `first to last`, or the one time that both are. */
export function timeRange(first: string | null, last: string | null): Text {
  if (!first || !last) return 'not yet';
  return first === last ? { time: first } : [{ time: first }, ' to ', { time: last }];
}

/** The operation that failed, AWS's code and AWS's words for it, which can be empty. */
export function awsSaid(error: Failure | undefined): Text {
  if (error === undefined) return '';
  const message = error.message === '' ? [] : [' ', error.message];
  return [{ code: error.operation }, ': ', { code: error.code }, ...message];
}

/** Texts one after the other, with something between them. */
export function joined(items: readonly Inline[], between = ', '): Inline[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [between, item]));
}

export const prose = (...text: Inline[]): Block => ({ kind: 'prose', text });
export const heading = (text: string): Block => ({ kind: 'heading', text });

/** Titles that stand over numbers begin with `#`. */
export function table(
  caption: string,
  titles: readonly string[],
  count: number,
  rows: TableBlock['rows'],
): TableBlock {
  const columns = titles.map((title) =>
    title.startsWith('#') ? { title: title.slice(1), align: 'right' as const } : { title },
  );
  return { kind: 'table', caption, columns, count, rows };
}

/** A table of rows that are read while it is rendered, or a sentence in its place where there are none. */
export function streamOr(
  empty: string,
  caption: string,
  titles: readonly string[],
  count: number,
  rows: TableBlock['rows'],
): Block {
  return count === 0 ? prose(empty) : table(caption, titles, count, rows);
}

/** A table that is folded on screen and left out on paper. */
export const detail = (block: Block): Block =>
  block.kind === 'table' ? { ...block, isDetail: true } : block;

/** The same of rows at hand. */
export function tableOr(
  empty: string,
  caption: string,
  titles: readonly string[],
  rows: readonly Row[],
): Block {
  return streamOr(empty, caption, titles, rows.length, () => rows);
}
