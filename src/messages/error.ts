import { withoutSecrets } from './secrets.ts';

/**
 * Every way in which Keyturn refuses or gives up, as a stable code. What stands before the dash says whose move it is:
 * `input` the caller's words or files, `refused` Keyturn's promises, `aws`, `store` and `system` the world around it.
 */
export const ERROR_CODES = [
  'input-argument',
  'input-file',
  'input-config',
  'input-environment',
  'input-aws-config',
  'input-profiles',
  'input-decisions',
  'input-plan',
  'input-approval',
  'input-rollout',
  'input-key',
  'input-store',
  'refused-nothing-approved',
  'refused-stale-plan',
  'refused-foreign-plan',
  'refused-decisions',
  'refused-approval',
  'refused-unsigned',
  'refused-foreign-account',
  'refused-ambiguous-rollout',
  'refused-record',
  'refused-busy',
  'refused-taken-over',
  'refused-clock',
  'store-damaged',
  'aws-credentials',
  'aws-region',
  'aws-denied',
  'aws-failed',
  'store-failed',
  'output-failed',
  'system-open-files',
  'interrupted',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

const MAX_PROBLEMS = 100;
/** Characters. */
const MAX_PROBLEM_LENGTH = 1000;

/**
 * An error for a person: what is wrong, and what to do next. `problems` lists the first hundred if there are several,
 * each cut to a readable length: what they quote can come from a hostile file. Secrets that a library quotes are left
 * out of both.
 */
export class KeyturnError extends Error {
  override readonly name = 'KeyturnError';
  readonly code: ErrorCode;
  readonly fix: string;
  readonly problems: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    fix: string,
    options: { problems?: readonly string[]; cause?: unknown } = {},
  ) {
    super(tellable(message), { cause: options.cause });
    this.code = code;
    this.fix = fix;
    this.problems = bounded(options.problems ?? []);
  }
}

function bounded(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MAX_PROBLEMS).map(tellable);
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** Without secrets, and cut: to a few times the length first, so that a long text costs nothing. */
function tellable(text: string): string {
  const told = withoutSecrets(text.slice(0, 4 * MAX_PROBLEM_LENGTH));
  return told.length > MAX_PROBLEM_LENGTH ? `${told.slice(0, MAX_PROBLEM_LENGTH)}…` : told;
}
