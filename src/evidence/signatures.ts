import type { Approval } from '../model/approval.ts';
import type { Signature } from '../model/signature.ts';
import { isSignatureOf, parseEnvelope } from './dsse.ts';
import { EvidenceError } from './error.ts';
import { BUNDLE_SIGNATURE } from './manifest.ts';
import { approvalStatement, bundleStatement } from './statement.ts';
import { isRequired, isTrustedAs, type SigningRole, type TrustedKey, trustedAs } from './trust.ts';

/** Which keys signed: ids of public keys. */
export interface Signers {
  /** Of the bundle; undefined where it is not signed. */
  readonly bundle: string | undefined;
  /** Of each approval that is signed. */
  readonly approvals: ReadonlyMap<string, string>;
}

/**
 * Checks every signature that is there against what it should be over.
 * @param envelope the text of `bundle.dsse.json`, where there is one
 * @throws EvidenceError `evidence-signature`
 */
export function verifySignatures(
  approvals: readonly Approval[],
  rollout: string,
  manifestDigest: string,
  envelope: string | undefined,
): Signers {
  const signers = verifyApprovals(approvals);
  if (envelope === undefined) return { bundle: undefined, approvals: signers };
  const parsed = parseEnvelope(envelope);
  if (!parsed || parsed.payload !== bundleStatement(rollout, manifestDigest)) {
    throw new EvidenceError('evidence-signature', BUNDLE_SIGNATURE, 'It is no signature over this manifest.');
  }
  const [signature, ...more] = parsed.signatures;
  if (!signature || more.length > 0) {
    throw new EvidenceError('evidence-signature', BUNDLE_SIGNATURE, 'It does not hold one signature.');
  }
  requireSignature(parsed.payload, signature, BUNDLE_SIGNATURE);
  return { bundle: signature.keyid, approvals: signers };
}

/**
 * Checks the signature of every approval that is signed.
 * @returns the id of the key that signed, by approval
 * @throws EvidenceError `evidence-signature`
 */
export function verifyApprovals(approvals: Iterable<Approval>): Map<string, string> {
  const signers = new Map<string, string>();
  for (const approval of approvals) {
    if (!approval.signature) continue;
    requireSignature(approvalStatement(approval), approval.signature, `approval ${approval.id}`);
    signers.set(approval.id, approval.signature.keyid);
  }
  return signers;
}

function requireSignature(payload: string, signature: Signature, where: string): void {
  if (isSignatureOf(payload, signature)) return;
  throw new EvidenceError(
    'evidence-signature',
    where,
    `The signature of key ${signature.keyid} does not hold.`,
  );
}

/**
 * Requires a key trusted as the maker's under the bundle, and one trusted as an approver's under every approval that
 * approves a key. Nothing is required of a role for which no key is trusted.
 * @throws EvidenceError `evidence-untrusted`
 */
export function requireTrust(
  { bundle, approvals: signers }: Signers,
  approvals: readonly Approval[],
  trust: readonly TrustedKey[],
): void {
  if (isRequired(trust, 'maker')) requireTrusted(bundle, trust, 'maker', BUNDLE_SIGNATURE);
  if (!isRequired(trust, 'approver')) return;
  for (const { id, decisions } of approvals) {
    const isApproving = decisions.some(({ choice }) => choice === 'approve');
    if (isApproving) requireTrusted(signers.get(id), trust, 'approver', `approval ${id}`);
  }
}

function requireTrusted(
  keyid: string | undefined,
  trust: readonly TrustedKey[],
  role: SigningRole,
  where: string,
): void {
  if (keyid !== undefined && isTrustedAs(trust, keyid, role)) return;
  throw new EvidenceError(
    'evidence-untrusted',
    where,
    keyid === undefined ? 'It is not signed.' : describeDistrust(keyid, trust, role),
  );
}

function describeDistrust(keyid: string, trust: readonly TrustedKey[], role: SigningRole): string {
  const [other] = trustedAs(trust, keyid);
  return other
    ? `It is signed by key ${keyid} (${other.file}), which is trusted as ${other.role}, not as ${role}.`
    : `It is signed by key ${keyid}, which is not trusted.`;
}
