import { KeyturnError } from '../../messages/error.ts';
import type { Clock } from '../../workflow/ports.ts';
import { systemClock } from './clock.ts';

const HOUR_MS = 3_600_000;
/** Milliseconds. Two such moves, one each way, are less than the day that the times of a record may go back. */
const TOLERATED_MS = 11 * HOUR_MS;

/** What a phase goes by. */
export interface PhaseClock {
  readonly clock: Clock;
  /** Aborted by the signal given, or with KeyturnError `refused-clock`. */
  readonly signal: AbortSignal;
}

/**
 * The clock for what one phase records. If the time of day moves by many hours against the time that passes, the phase
 * ends: the machine's clock was set, or the machine slept. Until then records go by the time that passed, since a time
 * of another day would make the whole record contradict itself.
 * @param signal ends the phase too
 * @param system the clock of the machine
 */
export function openPhaseClock(signal: AbortSignal, system: Clock = systemClock): PhaseClock {
  const begun = system.now().getTime() - system.monotonic();
  const moved = new AbortController();
  const now = () => {
    const timeOfDay = system.now();
    const passed = begun + system.monotonic();
    const movedMs = timeOfDay.getTime() - passed;
    if (Math.abs(movedMs) <= TOLERATED_MS) return timeOfDay;
    moved.abort(clockMoved(movedMs));
    return new Date(passed);
  };
  const clock: Clock = {
    now,
    monotonic: () => system.monotonic(),
    sleep: (ms, ending) => system.sleep(ms, ending),
  };
  return { clock, signal: AbortSignal.any([signal, moved.signal]) };
}

function clockMoved(movedMs: number): KeyturnError {
  const hours = Math.round(Math.abs(movedMs) / HOUR_MS);
  return new KeyturnError(
    'refused-clock',
    `The clock of this machine moved by ${hours} hours ${movedMs > 0 ? 'forward' : 'back'} during the run. Nothing more is called.`,
    'Check the clock, then run the command again; for an assessment: keyturn assess --resume',
  );
}
