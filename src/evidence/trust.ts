import { keyOfApprover } from '../model/in-force.ts';

/** Who signs: an approver an approval, the maker the bundle. */
export type SigningRole = 'approver' | 'maker';

/** A public key that the reader trusts. */
export interface TrustedKey {
  /** SHA-256 of its DER. */
  readonly keyid: string;
  /** The file that the reader named. */
  readonly file: string;
  /** `either`: trusted without a role. */
  readonly role: SigningRole | 'either';
}

/** Whether a signature in a role has to be by a trusted key: only if the reader named a key for it. */
export const isRequired = (trust: readonly TrustedKey[], role: SigningRole): boolean =>
  trust.some((key) => fits(key, role));

/** Whether only keys trusted in this very role are accepted for it. */
export const isRoleRequired = (trust: readonly TrustedKey[], role: SigningRole): boolean =>
  isRequired(trust, role) && !trust.some((key) => key.role === 'either');

export const isTrustedAs = (trust: readonly TrustedKey[], keyid: string, role: SigningRole): boolean =>
  trust.some((key) => key.keyid === keyid && fits(key, role));

/** The ids of the keys that are trusted in a role, each once, in order. */
export const keyIdsOf = (trust: readonly TrustedKey[], role: SigningRole): string[] =>
  [...new Set(trust.filter((key) => fits(key, role)).map(({ keyid }) => keyid))].sort();

/** Whether an approver decides by a signing key that is not trusted, although others are. @param approver as `approverOf` says */
export function isUnknownSigner(trust: readonly TrustedKey[], approver: string): boolean {
  const keyid = keyOfApprover(approver);
  return trust.length > 0 && keyid !== undefined && !isTrustedAs(trust, keyid, 'approver');
}

/** An approver's name in a list, marked if it is a key that is not trusted. */
export const nameApprover = (trust: readonly TrustedKey[], approver: string): string =>
  isUnknownSigner(trust, approver) ? `${approver} (UNKNOWN KEY)` : approver;

/** The entries of one key. */
export const trustedAs = (trust: readonly TrustedKey[], keyid: string): readonly TrustedKey[] =>
  trust.filter((key) => key.keyid === keyid);

/** Keys that may sign in both roles although roles were asked for: they do not show that two people acted. */
export function keysInBothRoles(trust: readonly TrustedKey[]): readonly string[] {
  const makers = new Set(trust.filter(({ role }) => role === 'maker').map(({ keyid }) => keyid));
  const approvers = new Set(trust.filter(({ role }) => role === 'approver').map(({ keyid }) => keyid));
  return [...makers].filter((keyid) => approvers.has(keyid));
}

const fits = (key: TrustedKey, role: SigningRole): boolean => key.role === role || key.role === 'either';
