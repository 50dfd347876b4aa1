import type { PostureCounts } from '../../model/posture.ts';
import type { Rows } from '../rows.ts';

/*
 * A report before it is Markdown or HTML. Every text in it is raw: the renderer escapes each piece where it prints it,
 * so nothing in this folder can be a hole.
 */

export type Tone = 'good' | 'attention' | 'bad' | 'neutral';

export type Inline =
  | string
  /** An identifier or a literal. */
  | { readonly code: string }
  | { readonly strong: string }
  /** A status: its word says it, its colour only repeats it. */
  | { readonly tone: Tone; readonly word: string }
  /** A point in time, ISO 8601, or the day that it falls on. */
  | { readonly time: string }
  | { readonly day: string }
  /** `id` names this place of the report; `to` is the `id` that it leads to. */
  | {
      readonly keyArn: string;
      readonly name?: string | undefined;
      readonly id?: string;
      readonly to?: string;
    }
  /** Leads to a section. */
  | { readonly to: string; readonly text: string };

export type Text = Inline | readonly Inline[];

export const textParts = (text: Text): readonly Inline[] => (isOne(text) ? [text] : text);
const isOne = (text: Text): text is Inline => !Array.isArray(text);

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

export type Row = readonly Text[];
/** Stands over the rows that follow it. */
export interface GroupRow {
  readonly group: Text;
}
export const isGroup = (row: Row | GroupRow): row is GroupRow => 'group' in row;

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Known beforehand: long tables are folded on screen. */
  readonly count: number;
  /** Read afresh at each rendering, a row at a time. */
  readonly rows: () => Rows<Row | GroupRow>;
  /** More than people read: folded on screen, left out on paper. */
  readonly isDetail?: boolean;
}

/** One bar: how all keys divide up at one time. */
export interface PostureBar {
  readonly label: string;
  readonly segments: readonly PostureSegment[];
}

export interface PostureSegment {
  readonly kind: keyof PostureCounts;
  readonly word: string;
  readonly keys: number;
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'prose'; readonly text: Text }
  | { readonly kind: 'note'; readonly tone: Tone; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [label: string, value: Text])[] }
  | {
      readonly kind: 'figures';
      readonly figures: readonly { readonly label: string; readonly value: string; readonly note: string }[];
    }
  | { readonly kind: 'posture'; readonly bars: readonly PostureBar[] }
  | TableBlock;

export interface Section {
  /** A fixed word: the address of the section within the report. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly lead: Text;
  readonly facts: readonly (readonly [label: string, value: Text])[];
  readonly sections: readonly Section[];
}
