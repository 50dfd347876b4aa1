/** AWS's clock, which may differ from the machine's. */
export interface Clock {
  offsetMs: number;
  now(): number;
}

export function createClock(offsetMs = 0): Clock {
  return {
    offsetMs,
    now() {
      return Date.now() + this.offsetMs;
    },
  };
}

export const DAY_MS = 86_400_000;

/** A date as KMS sends it: seconds since 1970, to the millisecond. */
export const epochSeconds = (at: number) => Math.round(at) / 1000;
