import type { Approval } from '../model/approval.ts';
import type { Signature } from '../model/signature.ts';
import { isSignatureOf, parseEnvelope } from './dsse.ts';
import { EvidenceError } from './error.ts';
import { BUNDLE_SIGNATURE } from './manifest.ts';
import { approvalStatement, bundleStatement } from './statement.ts';

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
  const signers = new Map<string, string>();
  for (const approval of approvals) {
    if (!approval.signature) continue;
    requireSignature(approvalStatement(approval), approval.signature, `approval ${approval.approval}`);
    signers.set(approval.approval, approval.signature.keyid);
  }
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

function requireSignature(payload: string, signature: Signature, where: string): void {
  if (isSignatureOf(payload, signature)) return;
  throw new EvidenceError(
    'evidence-signature',
    where,
    `The signature of key ${signature.keyid} does not hold.`,
  );
}

/**
 * Requires a trusted key under the bundle and under every approval that approves a key.
 * @param trusted ids of public keys
 * @throws EvidenceError `evidence-untrusted`
 */
export function requireTrust(
  { bundle, approvals: signers }: Signers,
  approvals: readonly Approval[],
  trusted: ReadonlySet<string>,
): void {
  requireTrusted(bundle, trusted, BUNDLE_SIGNATURE);
  for (const { approval, decisions } of approvals) {
    const isApproving = decisions.some(({ decision }) => decision === 'approve');
    if (isApproving) requireTrusted(signers.get(approval), trusted, `approval ${approval}`);
  }
}

function requireTrusted(keyid: string | undefined, trusted: ReadonlySet<string>, where: string): void {
  if (keyid !== undefined && trusted.has(keyid)) return;
  const message =
    keyid === undefined ? 'It is not signed.' : `It is signed by key ${keyid}, which is not trusted.`;
  throw new EvidenceError('evidence-untrusted', where, message);
}
