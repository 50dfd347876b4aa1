import { Peaks } from './peaks.ts';
import type { Service } from './server/recognise.ts';

/** One request and what became of it. */
export interface LoggedCall {
  readonly seq: number;
  /** AWS's time of arrival. */
  readonly at: string;
  readonly operation: string;
  readonly service: Service;
  /** Of the credentials, which for a call about a key is the key's. */
  readonly account: string;
  readonly region: string;
  readonly callerArn: string;
  /** Of an assumed role. */
  sessionName?: string;
  /** What an AssumeRole asked for. */
  roleArn?: string;
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
  readonly peaks = new Peaks();
  counts: Counts = noCounts(0);
  #limit = DEFAULT_LIMIT;
  #seq = 0;
  #open = 0;

  /** `false` keeps counts only; a number keeps that many calls. */
  keep(setting: boolean | number = true): void {
    this.#limit = typeof setting === 'number' ? setting : setting ? DEFAULT_LIMIT : 0;
    this.#trim(0);
  }

  clear(): void {
    this.entries.length = 0;
    this.counts = noCounts(this.#open);
    this.peaks.clear();
  }

  begin(
    call: Pick<LoggedCall, 'operation' | 'service' | 'account' | 'region' | 'callerArn' | 'requestId'>,
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
    if (entry.code === 'ThrottlingException') this.peaks.throttled(entry);
  }

  #count(entry: LoggedCall): void {
    this.counts.calls += 1;
    this.counts.peakConcurrent = Math.max(this.counts.peakConcurrent, this.#open);
    const count = this.#countOf(entry.operation);
    count.calls += 1;
    count.peakPerSecond = Math.max(count.peakPerSecond, this.peaks.arrived(entry));
  }

  #countOf(operation: string): OperationCount {
    const { operations } = this.counts;
    operations[operation] ??= { calls: 0, acted: 0, codes: {}, peakPerSecond: 0 };
    return operations[operation];
  }

  #trim(slack: number): void {
    const excess = this.entries.length - this.#limit;
    if (excess > slack) this.entries.splice(0, excess);
  }
}
