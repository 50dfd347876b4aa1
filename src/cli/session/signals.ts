import { KeyturnError } from '../../messages/error.ts';

/** What ends a command from outside, with the exit code that a shell gives it: 128 and the signal's number. */
export const SIGNAL_EXITS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof SIGNAL_EXITS;

const SIGNALS = Object.keys(SIGNAL_EXITS) as StopSignal[];

/** Milliseconds. A terminal that closes, `timeout` and npm send the same signal twice. */
const SAME_SIGNAL = 500;

/** A command ended because a signal asked it to. */
export class Interrupted extends KeyturnError {
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(
      'interrupted',
      'Stopped as asked. Everything that was done is recorded.',
      'Run the same command again to go on; for an assessment: keyturn assess --resume',
    );
    this.signal = signal;
  }
}

/**
 * Calls `stop` at the first signal. A second one, of any kind, ends the process at once.
 * @returns what stops listening
 */
export function onFirstSignal(stop: (signal: StopSignal) => void): () => void {
  let first: { readonly signal: StopSignal; readonly at: number } | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = Date.now();
    if (first?.signal === signal && now - first.at < SAME_SIGNAL) return;
    if (first) {
      leave();
      process.kill(process.pid, signal);
      return;
    }
    first = { signal: signal as StopSignal, at: now };
    stop(first.signal);
  };
  const leave = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return leave;
}
