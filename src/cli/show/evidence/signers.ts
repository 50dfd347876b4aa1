import {
  isRequired,
  isRoleRequired,
  isTrustedAs,
  keysInBothRoles,
  type SigningRole,
  type TrustedKey,
  trustedAs,
} from '../../../evidence/trust.ts';
import type { Verification } from '../../../workflow/verify/verify.ts';

/** A valid signature: what it is over, by which key, and whether the reader trusts that key for it. */
export interface SignerRow {
  readonly signed: 'bundle' | 'approval';
  /** The id of the approval. */
  readonly approval?: string;
  readonly keyid: string;
  /** The role of whoever signs this. */
  readonly role: SigningRole;
  /** Whether the reader trusts the key in this role. */
  readonly trusted: boolean;
  /** As what the reader trusts the key, and the files that hold it. */
  readonly trustedAs: readonly Pick<TrustedKey, 'role' | 'file'>[];
}

/** Every signature of a bundle, the bundle's first. */
export function listSigners({ signers }: Verification, trust: readonly TrustedKey[]): SignerRow[] {
  const rowOf = (keyid: string, role: SigningRole) => ({
    keyid,
    role,
    trusted: isTrustedAs(trust, keyid, role),
    trustedAs: trustedAs(trust, keyid).map(({ file, role }) => ({ role, file })),
  });
  return [
    ...(signers.bundle === undefined
      ? []
      : [{ signed: 'bundle' as const, ...rowOf(signers.bundle, 'maker') }]),
    ...[...signers.approvals].map(([approval, keyid]) => ({
      signed: 'approval' as const,
      approval,
      ...rowOf(keyid, 'approver'),
    })),
  ];
}

/** Roles that only keys trusted in that very role may fill. */
export const requiredRoles = (trust: readonly TrustedKey[]): SigningRole[] =>
  (['approver', 'maker'] as const).filter((role) => isRoleRequired(trust, role));

/** One sentence for each signature: who signed what, in which role. */
export function describeSigners(verification: Verification, trust: readonly TrustedKey[]): string[] {
  return listSigners(verification, trust).map(({ approval, keyid, ...row }) => {
    const signed = approval === undefined ? 'the bundle' : `approval ${approval}`;
    if (!row.trusted) return `Key ${keyid} signed ${signed}. ${describeUnknown(row)}`;
    const files = row.trustedAs.filter(({ role }) => role === row.role || role === 'either');
    const names = files.map(({ file, role }) => `${file}, trusted as ${role}`).join('; ');
    return `Key ${keyid} (${names}) signed ${signed}.`;
  });
}

function describeUnknown({ role, trustedAs }: Pick<SignerRow, 'role' | 'trustedAs'>): string {
  const [other] = trustedAs;
  if (!other) return 'UNKNOWN KEY: no --trust option names it.';
  return `NOT TRUSTED AS ${role.toUpperCase()}: ${other.file} is trusted as ${other.role} only.`;
}

/** What the signatures leave open, given the keys that the reader trusts. */
export function describeRolesNotProved(verification: Verification, trust: readonly TrustedKey[]): string[] {
  const isSigned = listSigners(verification, trust).length > 0;
  const either = trust.filter(({ role }) => role === 'either');
  return [
    ...(trust.length === 0 && isSigned
      ? ['Whose keys these are: name those that you trust with --trust-approver FILE and --trust-maker FILE.']
      : []),
    ...(either.length > 0
      ? [
          `That an approver signed the approvals: no role was required. Each key named with --trust (${either.length}) may sign the bundle and approve. Use --trust-approver and --trust-maker.`,
        ]
      : []),
    ...(trust.length > 0 && !isRequired(trust, 'approver')
      ? ['Who approved: no signature was required. Name the keys of approvers with --trust-approver FILE.']
      : []),
    ...(trust.length > 0 && !isRequired(trust, 'maker')
      ? ['Who made the bundle: no signature was required. Name the key of its maker with --trust-maker FILE.']
      : []),
    ...keysInBothRoles(trust).map(
      (keyid) => `That approver and maker are two people: key ${keyid} is trusted as both.`,
    ),
  ];
}
