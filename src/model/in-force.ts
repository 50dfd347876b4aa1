import type { Approval, DecisionKind } from './approval.ts';

/** Milliseconds that an approval holds where nothing else is said. */
export const APPROVAL_LIFE_MS = 7 * 86_400_000;

/** The longest that one may hold: what holds for years is remembered by nobody. */
export const LONGEST_LIFE_MS = 366 * 86_400_000;

/**
 * Milliseconds that a time of the record may lie before an earlier one: clocks are set, and one machine's is not
 * another's. A difference of days is no clock's.
 */
export const CLOCK_TOLERANCE_MS = 86_400_000;

/** Whether a time lies before an earlier one by more than clocks explain. Both ISO 8601. */
export const isLongBefore = (time: string, earlier: string): boolean =>
  Date.parse(time) < Date.parse(earlier) - CLOCK_TOLERANCE_MS;

/** The reason of a change that was not made since its approval had expired. */
export const APPROVAL_EXPIRED = 'approval-expired';

/** Why a change that was due was not announced: no approval that counts covers it. */
export const UNCOVERED_REASONS = [
  'not-approved',
  APPROVAL_EXPIRED,
  'approval-replaced',
  'not-signed',
] as const;
export type UncoveredReason = (typeof UNCOVERED_REASONS)[number];

/**
 * Who decided: the key that signed, else whoever submitted it, as AWS knows them, or as their machine says where the
 * approval was made without AWS (docs/decisions/0018). Two decisions of one approver on a key: the later holds.
 */
export function approverOf({ signature, submittedBy }: Pick<Approval, 'signature' | 'submittedBy'>): string {
  if (signature) return approverOfKey(signature.keyid);
  if ('callerArn' in submittedBy) return `aws:${submittedBy.callerArn}`;
  return `os:${submittedBy.osUser}@${submittedBy.host}`;
}

/** Who decides by a signing key. */
export const approverOfKey = (keyid: string): string => `key:${keyid}`;

/** The id of the signing key by which somebody decides, if it is one. @param approver as `approverOf` says */
export const keyOfApprover = (approver: string): string | undefined =>
  approver.startsWith('key:') ? approver.slice('key:'.length) : undefined;

/** The last decision of one approver on a key. */
interface Voice {
  readonly choice: DecisionKind;
  readonly expiresAt: string;
  /** Of the approval: the later of two that were recorded has the higher number. */
  readonly number: number;
}

const WEIGHT: Readonly<Record<DecisionKind, number>> = { decline: 3, approve: 2, defer: 1 };

/**
 * Of the voices on a key the one of the highest rank is in force, compared as text: anybody's decline, else the
 * approve that holds longest, else a defer; of equals the latest. No clock is asked, so that what is in force is the
 * same whenever it is looked at: where the approve that holds longest has expired, every other has too.
 */
export function rankOf({ choice, expiresAt, number }: Voice): string {
  const until = choice === 'approve' ? ` ${expiresAt}` : '';
  return `${WEIGHT[choice]}${until} ${String(number).padStart(9, '0')}`;
}

/** Whether an approval covers no change at a time any more. @param at ISO 8601 to the millisecond, as `expiresAt` */
export const isExpired = (expiresAt: string, at: string): boolean => at >= expiresAt;
