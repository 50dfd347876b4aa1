import * as z from 'zod';
import { text } from './text.ts';

/**
 * Why an AWS call gave no usable answer, as a class to act on. AWS's own code is kept beside it: messages can be
 * empty and are never parsed for a decision (kms-facts §1.2, §3).
 *
 * - `access-denied`: AWS refused the caller. Never to be shown as "off" or "empty".
 * - `credentials`: missing, expired or revoked; no other key would fare better.
 * - `region-unavailable`: the Region does not accept credentials that are good elsewhere. It is probably not enabled for
 *   the account; other places are not affected (kms-facts §13.2).
 * - `not-found`, `invalid-state`, `unsupported`, `invalid-request`: final, AWS's considered answer.
 * - `throttled`: the quota; later is better.
 * - `server`, `network`, `malformed-answer`: what happened on the other side is not known.
 */
export const FAILURE_KINDS = [
  'access-denied',
  'credentials',
  'region-unavailable',
  'not-found',
  'invalid-state',
  'unsupported',
  'invalid-request',
  'throttled',
  'server',
  'network',
  'malformed-answer',
] as const;

export const failure = z.object({
  operation: z.string(),
  kind: z.enum(FAILURE_KINDS),
  code: text,
  message: text,
  requestId: z.string().optional(),
  /** How many times the call was made before this failure was taken as the answer. */
  attempts: z.int().optional(),
});

export type Failure = z.infer<typeof failure>;
export type FailureKind = Failure['kind'];

/** Operation, code, and AWS's message where there is one; raw text, to be escaped where it is shown. */
export function describeFailure({ operation, code, message }: Failure): string {
  return `${operation}: ${code}${message && ` (${message})`}`;
}
