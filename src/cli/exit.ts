import type { ErrorCode, KeyturnError } from '../messages/error.ts';

/** Exit codes, for scripts: docs/command-line.md. */
export const EXIT = {
  done: 0,
  failed: 1,
  badInput: 2,
  incomplete: 3,
  refused: 4,
  tampered: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf({ code }: KeyturnError): ExitCode {
  if (code.startsWith('input-') || code === ('aws-region' satisfies ErrorCode)) return EXIT.badInput;
  if (code === ('interrupted' satisfies ErrorCode)) return EXIT.interrupted;
  return code.startsWith('refused-') ? EXIT.refused : EXIT.failed;
}
