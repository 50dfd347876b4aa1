import { parseSearch, type Searchable } from '../../approve/search.ts';
import { addCost, type Cost, type KeyCost, NO_COST } from '../../model/cost.ts';

/** A candidate as the picker holds it: there can be 100,000, so only what is searched and shown. */
export interface PickRow {
  readonly keyArn: string;
  readonly account: string;
  readonly search: Searchable;
  readonly cost: KeyCost;
}

/**
 * Where somebody stands in choosing keys. `left` and `approved` are final. What is chosen is chosen whatever the search
 * shows, so its number and cost are always beside it.
 */
export interface PickState<Row extends PickRow> {
  readonly step: 'choosing' | 'reviewing' | 'approved' | 'left';
  readonly rows: readonly Row[];
  readonly query: string;
  /** The rows that the search lets through, by their place in `rows`. */
  readonly shown: readonly number[];
  /** In `shown` while choosing, among the chosen while reviewing. */
  readonly cursor: number;
  /** By place in `rows`: 1 where chosen. Never written to. */
  readonly chosen: Readonly<Uint8Array>;
  readonly cost: Cost;
  /** While reviewing: the number that is being typed. */
  readonly typed: string;
  readonly problem?: string;
}

export type PickEvent =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'move'; readonly by: number }
  | { readonly kind: 'erase' | 'clear' | 'toggle' | 'toggle-shown' | 'enter' | 'back' | 'leave' };

/** Nothing is chosen beforehand. */
export function beginPicking<Row extends PickRow>(rows: readonly Row[]): PickState<Row> {
  return {
    step: 'choosing',
    rows,
    query: '',
    shown: rows.map((_, place) => place),
    cursor: 0,
    chosen: new Uint8Array(rows.length),
    cost: NO_COST,
    typed: '',
  };
}

/** One key press after another: pure, so that every sequence of them can be tried. */
export function pick<Row extends PickRow>(before: PickState<Row>, event: PickEvent): PickState<Row> {
  if (before.step === 'approved' || before.step === 'left') return before;
  const { problem: _, ...state } = before;
  if (event.kind === 'leave') return { ...state, step: 'left' };
  return state.step === 'choosing' ? choose(state, event) : review(state, event);
}

function choose<Row extends PickRow>(state: PickState<Row>, event: PickEvent): PickState<Row> {
  switch (event.kind) {
    case 'type':
      return search(state, state.query + event.text);
    case 'erase':
      return search(state, [...state.query].slice(0, -1).join(''));
    case 'clear':
      return search(state, '');
    case 'move':
      return { ...state, cursor: moved(state.cursor, event.by, state.shown.length) };
    case 'toggle': {
      const place = state.shown[state.cursor];
      if (place === undefined) return state;
      const next = { ...state, cursor: moved(state.cursor, 1, state.shown.length) };
      return mark(next, [place], state.chosen[place] === 0);
    }
    case 'toggle-shown':
      return mark(
        state,
        state.shown,
        state.shown.some((place) => state.chosen[place] === 0),
      );
    case 'enter':
      if (state.cost.keys === 0)
        return { ...state, problem: 'Nothing is chosen: tab chooses, ctrl-c leaves.' };
      return { ...state, step: 'reviewing', cursor: 0, typed: '' };
    case 'back':
    case 'leave':
      return state;
  }
}

function review<Row extends PickRow>(state: PickState<Row>, event: PickEvent): PickState<Row> {
  switch (event.kind) {
    case 'type':
      return { ...state, typed: (state.typed + event.text).slice(0, 20) };
    case 'erase':
      return { ...state, typed: state.typed.slice(0, -1) };
    case 'clear':
      return { ...state, typed: '' };
    case 'move':
      return { ...state, cursor: moved(state.cursor, event.by, state.cost.keys) };
    case 'toggle':
    case 'back':
      return { ...state, step: 'choosing', cursor: 0, typed: '' };
    case 'enter':
      if (state.typed.trim() === String(state.cost.keys)) return { ...state, step: 'approved' };
      return { ...state, typed: '', problem: 'That is not the number of keys; nothing is approved yet.' };
    case 'toggle-shown':
    case 'leave':
      return state;
  }
}

/** The keys that are chosen, in the order of the rows; approved only once the step says so. */
export function chosenRows<Row extends PickRow>({ rows, chosen }: PickState<Row>): Row[] {
  return rows.filter((_, place) => chosen[place] === 1);
}

/** What is chosen stays chosen, shown or not. */
function search<Row extends PickRow>(state: PickState<Row>, query: string): PickState<Row> {
  const matches = parseSearch(query);
  const shown: number[] = [];
  for (const [place, row] of state.rows.entries()) if (matches(row.search)) shown.push(place);
  return { ...state, query, shown, cursor: 0 };
}

function mark<Row extends PickRow>(
  state: PickState<Row>,
  places: readonly number[],
  isChosen: boolean,
): PickState<Row> {
  const chosen = new Uint8Array(state.chosen);
  for (const place of places) chosen[place] = isChosen ? 1 : 0;
  let cost = NO_COST;
  for (const [place, row] of state.rows.entries()) {
    if (chosen[place] === 1) cost = addCost(cost, { ...row.cost, keys: 1 });
  }
  return { ...state, chosen, cost };
}

const moved = (from: number, by: number, length: number): number =>
  Math.max(0, Math.min(length - 1, from + by));
