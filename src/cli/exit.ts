import type { ErrorCode, KeyturnError } from '../messages/error.ts';
import { Interrupted, SIGNAL_EXITS } from './session/signals.ts';

/** Exit codes, for scripts: docs/command-line.md. */
export const EXIT = {
  done: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  refused: 4,
  tampered: 5,
  hungUp: SIGNAL_EXITS.SIGHUP,
  interrupted: SIGNAL_EXITS.SIGINT,
  terminated: SIGNAL_EXITS.SIGTERM,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(error: KeyturnError): ExitCode {
  if (error instanceof Interrupted) return SIGNAL_EXITS[error.signal];
  const { code } = error;
  if (code.startsWith('input-') || code === ('aws-region' satisfies ErrorCode)) return EXIT.badInput;
  return code.startsWith('refused-') ? EXIT.refused : EXIT.failed;
}
