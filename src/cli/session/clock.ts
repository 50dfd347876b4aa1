import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../workflow/ports.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, signal && { signal });
    } catch {
      signal?.throwIfAborted();
    }
  },
};
