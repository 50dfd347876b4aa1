import type { Host } from '../host.ts';

/** Keys that do not read as expected yet, and until when they will be read again (the clock's monotonic milliseconds). */
export interface Lagging {
  readonly keyArns: readonly string[];
  readonly until: number;
}

/** What places tell of their waiting, so that a person hears of all of it in one sentence. */
export interface Waiting {
  begin(lagging: Lagging): void;
  end(lagging: Lagging): void;
  /** A place has nothing left to read. */
  done(): void;
}

const SAY_AGAIN_MS = 30_000;

/** Says how many keys are waited for once nothing else is going on: when the number changes, and now and then. */
export function sayWaiting({ clock, notify }: Pick<Host, 'clock' | 'notify'>, places: number): Waiting {
  const waiting = new Set<Lagging>();
  let busy = places;
  let said = { keys: 0, at: Number.NEGATIVE_INFINITY };
  function say(): void {
    const all = [...waiting];
    const keys = all.reduce((sum, { keyArns }) => sum + keyArns.length, 0);
    const now = clock.monotonic();
    if (busy > 0 || keys === 0 || (keys === said.keys && now - said.at < SAY_AGAIN_MS)) return;
    said = { keys, at: now };
    const until = Math.max(...all.map((each) => each.until));
    notify({ code: 'validate-waiting', keys, seconds: Math.ceil(Math.max(0, until - now) / 1000) });
  }
  return {
    begin: (lagging) => {
      waiting.add(lagging);
      busy -= 1;
      say();
    },
    end: (lagging) => {
      waiting.delete(lagging);
      busy += 1;
    },
    done: () => {
      busy -= 1;
      say();
    },
  };
}
