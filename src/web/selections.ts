import type { SelectionChange } from '../model/review.ts';
import { costOfSelection } from './cost.ts';
import { WebError } from './error.ts';
import type { ReviewHost } from './host.ts';
import type { SelectionAnswer } from './shapes.ts';

/** Tabs that are held in mind; the one that was used least lately goes first. */
const MOST_SELECTIONS = 16;

/** The selections of the open tabs: each of exact keys, held here, so that what a page shows is what there is. */
export interface Selections {
  open(): Promise<SelectionAnswer>;
  read(selection: string): Promise<SelectionAnswer>;
  change(selection: string, change: SelectionChange): Promise<SelectionAnswer>;
  /** @throws WebError `not-found` */
  check(selection: string): void;
}

export function openSelections(host: ReviewHost): Selections {
  const { review, newSecret } = host;
  const known = new Set<string>();
  const check = (selection: string) => {
    if (!known.delete(selection)) throw unknownSelection();
    known.add(selection);
  };
  const read = async (selection: string): Promise<SelectionAnswer> => {
    check(selection);
    const places = await review.selectedPlaces(selection);
    const keys = places.reduce((sum, place) => sum + place.keys, 0);
    return {
      selection,
      keys,
      accounts: new Set(places.map(({ account }) => account)).size,
      regions: new Set(places.map(({ region }) => region)).size,
      cost: await costOfSelection(host, selection),
    };
  };
  return {
    check,
    read,
    open: async () => {
      const selection = newSecret();
      known.add(selection);
      const [oldest] = known;
      if (known.size > MOST_SELECTIONS && oldest !== undefined) {
        known.delete(oldest);
        await review.dropSelection(oldest);
      }
      return read(selection);
    },
    change: async (selection, change) => {
      check(selection);
      await review.select(selection, change);
      return read(selection);
    },
  };
}

const unknownSelection = (): WebError =>
  new WebError('not-found', 'This selection is not known any more.', 'Load the page again.');
