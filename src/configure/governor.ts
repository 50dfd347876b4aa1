/** How far a run of changes may go. */
export interface BlastRadius {
  /** At most so many changes. */
  readonly limit: number;
  /** What the limit is called when it is reached; `--limit N` if it is not given. */
  readonly limitName?: string;
  /** Stop once so many changes have failed. */
  readonly maxFailures: number;
}

/** So many permanent errors of the same kind in a row say that it is the place, not the key. */
export const SAME_ERRORS_IN_A_ROW = 5;
/** So many changes of unknown effect at once say that something is broken between here and AWS. */
const UNSETTLED_AT_ONCE = 20;

/** How one piece of work ended, as far as the blast radius is concerned. */
export type Ending =
  | { readonly kind: 'changed' }
  | { readonly kind: 'untouched' }
  | { readonly kind: 'failed'; readonly permanentError?: string; readonly called: boolean };

/** Leave to work on one key. */
export interface Permit {
  /** The call was made and its effect is unknown: others may go on, as long as the bounds hold in the worst case. */
  settling(): void;
  end(ending: Ending): void;
}

/**
 * Hands out leave to work on keys so that the bounds hold whatever the work in flight turns out to be: a change is
 * begun only where its failing could not overstep one. A later waves or distributed engine asks the same question.
 */
export class Governor {
  readonly #radius: BlastRadius;
  readonly #places = new Map<string, PlaceState>();
  readonly #waiting: (() => void)[] = [];
  #used = 0;
  #failures = 0;
  #made = 0;
  #open = 0;
  #stopped: string | undefined;

  constructor(radius: BlastRadius) {
    this.#radius = radius;
  }

  /** Resolves with leave to work on a key of this place, or with undefined once there will be none any more. */
  async permit(place: string): Promise<Permit | undefined> {
    const state = this.#state(place);
    while (this.whyStopped(place) === undefined) {
      if (this.#hasRoom(state)) return this.#issue(state);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return undefined;
  }

  /** What has been used up of the bounds so far. */
  get spent(): { readonly changes: number; readonly failures: number } {
    return { changes: this.#used, failures: this.#failures };
  }

  /** Changes that were made, without those that failed. */
  get made(): number {
    return this.#made;
  }

  /** The bound of the run that is used up, by its name. */
  get boundReached(): string | undefined {
    const { limit, limitName, maxFailures } = this.#radius;
    if (this.#used >= limit) return limitName ?? `--limit ${limit}`;
    return this.#failures >= maxFailures ? `--max-failures ${maxFailures}` : undefined;
  }

  /** Ends the run: nothing further is begun anywhere. */
  stop(reason: string): void {
    this.#stopped ??= reason;
    this.#wake();
  }

  /** Nothing further is begun in this place; others go on. */
  stopPlace(place: string, reason: string): void {
    this.#state(place).stopped ??= reason;
    this.#wake();
  }

  /** Why nothing further is begun in this place; undefined while it goes on. */
  whyStopped(place: string): string | undefined {
    const { streak, error, stopped } = this.#state(place);
    if (this.#stopped !== undefined) return this.#stopped;
    if (stopped !== undefined) return stopped;
    if (this.boundReached !== undefined) return this.boundReached;
    if (streak >= SAME_ERRORS_IN_A_ROW) return `${streak} times in a row: ${error}`;
    return undefined;
  }

  #hasRoom(place: PlaceState): boolean {
    return (
      this.#used + this.#open < this.#radius.limit &&
      this.#failures + this.#open < this.#radius.maxFailures &&
      place.streak + place.working < SAME_ERRORS_IN_A_ROW &&
      place.settling < UNSETTLED_AT_ONCE
    );
  }

  #issue(place: PlaceState): Permit {
    let phase: 'working' | 'settling' | 'ended' = 'working';
    place.working += 1;
    this.#open += 1;
    return {
      settling: () => {
        if (phase !== 'working') return;
        phase = 'settling';
        place.working -= 1;
        place.settling += 1;
        this.#wake();
      },
      end: (ending) => {
        if (phase === 'ended') return;
        place[phase] -= 1;
        phase = 'ended';
        this.#open -= 1;
        this.#count(place, ending);
        this.#wake();
      },
    };
  }

  #count(place: PlaceState, ending: Ending): void {
    if (ending.kind === 'changed' || (ending.kind === 'failed' && ending.called)) this.#used += 1;
    if (ending.kind === 'changed') this.#made += 1;
    if (ending.kind === 'failed') this.#failures += 1;
    const error = ending.kind === 'failed' ? ending.permanentError : undefined;
    place.streak = error === undefined ? 0 : error === place.error ? place.streak + 1 : 1;
    place.error = error;
  }

  #state(place: string): PlaceState {
    const state = this.#places.get(place) ?? {
      working: 0,
      settling: 0,
      streak: 0,
      error: undefined,
      stopped: undefined,
    };
    this.#places.set(place, state);
    return state;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

interface PlaceState {
  working: number;
  settling: number;
  streak: number;
  error: string | undefined;
  stopped: string | undefined;
}
