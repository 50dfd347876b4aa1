import type { Clock } from '../workflow/ports.ts';

/** Below this a timer is less exact than the wait itself. Milliseconds. */
const WORTH_SLEEPING = 2;
const SLOWEST_SHARE = 1 / 16;
const RECOVERY_PER_CALL = 1.02;

/**
 * Spaces the calls of one operation in one place evenly, with no burst to speak of, so that no second holds more
 * calls than the rate. When KMS throttles, everyone who waits is held back and the rate halves; it recovers by a
 * fiftieth with every call that passes.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #rate: number;
  #share = 1;
  #next = 0;

  /** @param rate calls per second */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#rate = rate;
  }

  /** Resolves when the next call may go out. */
  async turn(): Promise<void> {
    const now = this.#clock.monotonic();
    const slot = Math.max(now, this.#next);
    this.#next = slot + 1000 / (this.#rate * this.#share);
    if (slot - now >= WORTH_SLEEPING) await this.#clock.sleep(slot - now);
  }

  /** KMS throttled a call: hold the whole bucket back for `ms` milliseconds and go slower from there. */
  holdBack(ms: number): void {
    this.#share = Math.max(SLOWEST_SHARE, this.#share / 2);
    this.#next = Math.max(this.#next, this.#clock.monotonic() + ms);
  }

  /** A call passed. */
  recover(): void {
    this.#share = Math.min(1, this.#share * RECOVERY_PER_CALL);
  }
}
