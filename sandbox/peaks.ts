/** How busy one account in one Region was with one operation. */
export interface Peak {
  readonly account: string;
  readonly region: string;
  readonly operation: string;
  calls: number;
  throttled: number;
  /** Most calls within any one second. */
  peakPerSecond: number;
}

/** Which peaks or keys to tell of; what is left out matches all. */
export interface PlaceFilter {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

export interface PeakFilter extends PlaceFilter {
  readonly operation?: string | undefined;
}

interface Arrival {
  readonly account: string;
  readonly region: string;
  readonly operation: string;
  /** Milliseconds of a steady clock. */
  readonly startedAt: number;
}

/** When the calls of one kind came, from `first` on those of the last second. */
interface Arrivals {
  readonly peak: Peak;
  readonly times: number[];
  first: number;
}

/** The busiest second of each account, Region and operation: what a quota is about. */
export class Peaks {
  readonly #arrivals = new Map<string, Arrivals>();

  /** Counts one more call, and answers how many of its kind came within the last second. */
  arrived(call: Arrival): number {
    const arrivals = this.#of(call);
    const { times, peak } = arrivals;
    times.push(call.startedAt);
    while ((times[arrivals.first] ?? call.startedAt) <= call.startedAt - 1000) arrivals.first += 1;
    // Dropping in batches keeps the cost of a call constant.
    if (arrivals.first > 32 && arrivals.first * 2 > times.length) {
      times.splice(0, arrivals.first);
      arrivals.first = 0;
    }
    const rate = times.length - arrivals.first;
    peak.calls += 1;
    peak.peakPerSecond = Math.max(peak.peakPerSecond, rate);
    return rate;
  }

  throttled(call: Arrival): void {
    this.#of(call).peak.throttled += 1;
  }

  list({ account, region, operation }: PeakFilter = {}): Peak[] {
    const is = (wanted: string | undefined, value: string) => wanted === undefined || wanted === value;
    return [...this.#arrivals.values()]
      .filter(
        ({ peak }) => is(account, peak.account) && is(region, peak.region) && is(operation, peak.operation),
      )
      .map(({ peak }) => ({ ...peak }));
  }

  clear(): void {
    this.#arrivals.clear();
  }

  #of({ account, region, operation }: Arrival): Arrivals {
    const name = `${account}/${region}/${operation}`;
    const known = this.#arrivals.get(name);
    if (known) return known;
    const peak = { account, region, operation, calls: 0, throttled: 0, peakPerSecond: 0 };
    const made = { peak, times: [], first: 0 };
    this.#arrivals.set(name, made);
    return made;
  }
}
