import type { Place, Places } from './cloud.ts';

/** Puts into a new place what was there before anyone looked; the same every time. */
export type Furnish = (place: Place) => void;

/** Held over all accounts, of what could be made again; fewer places are held however many keys they have. */
const HELD_KEYS = 50_000;
const HELD_PLACES = 500;

/**
 * Places that were furnished and not changed since, the oldest first. An organization has more of them than anyone
 * looks at twice: beyond the limit the oldest are forgotten, and made again from the seed when asked for.
 */
export class Remakeable {
  readonly #held = new Map<Place, { readonly keys: number; readonly forget: () => void }>();
  #keys = 0;

  hold(place: Place, forget: () => void): void {
    const keys = place.keys.size;
    this.#held.set(place, { keys, forget });
    this.#keys += keys;
    for (const [oldest, held] of this.#held) {
      if (this.#keys <= HELD_KEYS || this.#held.size <= HELD_PLACES) return;
      this.#held.delete(oldest);
      this.#keys -= held.keys;
      if (!oldest.changed) held.forget();
    }
  }
}

export function emptyPlaces(account: string): Places {
  const places = new Map<string, Place>();
  return {
    get: (region) => places.get(region) ?? kept(places, placeOf(account, region)),
    touched: () => places.keys(),
  };
}

export function furnishedPlaces(account: string, furnish: Furnish, remakeable: Remakeable): Places {
  const touched = new Set<string>();
  const places = new Map<string, Place>();
  const made = (region: string) => {
    const place = placeOf(account, region);
    touched.add(region);
    places.set(region, place);
    furnish(place);
    // Keys that were made along with a place are what its seed gives.
    place.changed = false;
    remakeable.hold(place, () => places.delete(region));
    return place;
  };
  return { get: (region) => places.get(region) ?? made(region), touched: () => touched };
}

const placeOf = (account: string, region: string): Place => ({
  account,
  region,
  keys: new Map(),
  aliases: new Map(),
  changed: false,
});

function kept(places: Map<string, Place>, place: Place): Place {
  places.set(place.region, place);
  return place;
}
