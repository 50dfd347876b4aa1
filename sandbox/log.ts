import type { Service } from './server/recognise.ts';

/** One request and what became of it. */
export interface LoggedCall {
  readonly seq: number;
  /** AWS's time of arrival. */
  readonly at: string;
  readonly operation: string;
  readonly service: Service;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** Milliseconds of a steady clock; `endedAt` is absent while the answer is outstanding. */
  readonly startedAt: number;
  endedAt?: number;
  keyArn?: string;
  /** 0 when no answer was sent. */
  status: number;
  code?: string;
  /** Whether the call changed something, even if the answer was then lost. */
  acted: boolean;
  /** What an EnableKeyRotation asked for. */
  parameters?: { RotationPeriodInDays?: unknown };
  /** Calls in progress when this one arrived, itself included. */
  readonly concurrent: number;
}

export interface OperationCount {
  calls: number;
  acted: number;
  /** Answers by error code; `OK` for success, `none` for calls that got no answer. */
  codes: Record<string, number>;
  /** Most calls within any one second in one account and Region. */
  peakPerSecond: number;
}

export interface Counts {
  calls: number;
  peakConcurrent: number;
  operations: Record<string, OperationCount>;
}

// Operation names come from callers: without a prototype none of them is special.
const noCounts = (peakConcurrent: number): Counts => ({
  calls: 0,
  peakConcurrent,
  operations: Object.create(null),
});

const DEFAULT_LIMIT = 100_000;

/** The calls so far, the oldest dropped beyond the limit, and counts that cover them all. */
export class CallLog {
  readonly entries: LoggedCall[] = [];
  counts: Counts = noCounts(0);
  #limit = DEFAULT_LIMIT;
  #seq = 0;
  #open = 0;
  #arrivals = new Map<string, number[]>();

  /** `false` keeps counts only; a number keeps that many calls. */
  keep(setting: boolean | number = true): void {
    this.#limit = typeof setting === 'number' ? setting : setting ? DEFAULT_LIMIT : 0;
    this.#trim(0);
  }

  clear(): void {
    this.entries.length = 0;
    this.counts = noCounts(this.#open);
    this.#arrivals.clear();
  }

  begin(
    call: Pick<LoggedCall, 'operation' | 'service' | 'account' | 'region' | 'requestId'>,
    now: number,
  ): LoggedCall {
    this.#seq += 1;
    this.#open += 1;
    const entry: LoggedCall = {
      seq: this.#seq,
      at: new Date(now).toISOString(),
      ...call,
      startedAt: performance.now(),
      status: 0,
      acted: false,
      concurrent: this.#open,
    };
    this.#count(entry);
    if (this.#limit > 0) {
      this.entries.push(entry);
      this.#trim(Math.ceil(this.#limit / 10));
    }
    return entry;
  }

  end(entry: LoggedCall): void {
    this.#open -= 1;
    entry.endedAt = performance.now();
    const count = this.#countOf(entry.operation);
    const code =
      entry.code ?? (entry.status === 0 ? 'none' : entry.status < 300 ? 'OK' : String(entry.status));
    count.codes[code] = (count.codes[code] ?? 0) + 1;
    if (entry.acted) count.acted += 1;
  }

  #count(entry: LoggedCall): void {
    this.counts.calls += 1;
    this.counts.peakConcurrent = Math.max(this.counts.peakConcurrent, this.#open);
    const count = this.#countOf(entry.operation);
    count.calls += 1;
    count.peakPerSecond = Math.max(count.peakPerSecond, this.#rate(entry));
  }

  #countOf(operation: string): OperationCount {
    const { operations } = this.counts;
    operations[operation] ??= { calls: 0, acted: 0, codes: {}, peakPerSecond: 0 };
    return operations[operation];
  }

  /** Calls of this operation in this place within the last second. */
  #rate({ account, region, operation, startedAt }: LoggedCall): number {
    const place = `${account}/${region}/${operation}`;
    const recent = this.#arrivals.get(place) ?? [];
    recent.push(startedAt);
    const first = recent.findIndex((at) => at > startedAt - 1000);
    // Dropping in batches keeps the cost of a call constant.
    if (first > 1000) recent.splice(0, first);
    this.#arrivals.set(place, recent);
    return recent.length - (first > 1000 ? 0 : first);
  }

  #trim(slack: number): void {
    const excess = this.entries.length - this.#limit;
    if (excess > slack) this.entries.splice(0, excess);
  }
}
