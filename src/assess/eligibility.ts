import type { Failure } from '../model/failure.ts';
import type { StateReason, TypeReason, UnknownReason } from '../model/finding.ts';
import type { KeyFacts, KeyMetadata, Reading, RotationStatus } from '../model/key-facts.ts';

/** What the facts of one key amount to; AWS managed keys are counted, not judged. */
export type Conclusion =
  | { readonly kind: 'aws-managed' }
  | { readonly kind: 'candidate' }
  | { readonly kind: 'enabled' }
  | { readonly kind: 'ineligible'; readonly basis: 'type'; readonly reason: TypeReason }
  | { readonly kind: 'ineligible'; readonly basis: 'state'; readonly reason: StateReason }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason };

/**
 * Facts in, a conclusion out: the table of kms-facts §1, in its order (manager, spec and usage, origin, multi-Region
 * role, state, rotation). Every step names what it lets through, so a value that AWS adds later stops here.
 */
export function concludeFinding(facts: KeyFacts): Conclusion {
  if (facts.metadata.kind === 'unreadable') return unknownBecause(facts.metadata.failure);
  const metadata = facts.metadata.value;
  if (metadata.KeyManager === 'AWS') return { kind: 'aws-managed' };
  if (contradictsItself(metadata)) return { kind: 'unknown', reason: 'contradictory-answer' };
  const byType = typeReason(metadata);
  if (byType) return { kind: 'ineligible', basis: 'type', reason: byType };
  const byState = stateReason(metadata.KeyState);
  if (byState) return { kind: 'ineligible', basis: 'state', reason: byState };
  return concludeRotation(facts.rotation);
}

/** Whether GetKeyRotationStatus is worth a call: the type supports rotation, or it is a replica that mirrors it. */
export function rotationIsReadable(metadata: KeyMetadata): boolean {
  const reason = metadata.KeyManager === 'AWS' ? 'unknown-manager' : typeReason(metadata);
  return reason === undefined || reason === 'replica';
}

/** Whether the key's type supports automatic rotation, whatever its state. */
export function supportsRotation(metadata: KeyMetadata): boolean {
  return metadata.KeyManager !== 'AWS' && typeReason(metadata) === undefined;
}

/** Held against the SDK's own lists by a test, as are the other lists here. */
export const ASYMMETRIC_SPECS = new Set([
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
  'SM2',
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
]);
export const HMAC_SPECS = new Set(['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512']);

function typeReason(metadata: KeyMetadata): TypeReason | undefined {
  if (metadata.KeyManager !== 'CUSTOMER') return 'unknown-manager';
  return specReason(metadata) ?? originReason(metadata) ?? multiRegionReason(metadata);
}

function specReason({ KeySpec, KeyUsage }: KeyMetadata): TypeReason | undefined {
  if (HMAC_SPECS.has(KeySpec)) return 'hmac';
  if (ASYMMETRIC_SPECS.has(KeySpec)) return KeyUsage === 'KEY_AGREEMENT' ? 'key-agreement' : 'asymmetric';
  if (KeySpec !== 'SYMMETRIC_DEFAULT') return 'unknown-spec';
  return KeyUsage === 'ENCRYPT_DECRYPT' ? undefined : 'unknown-usage';
}

function originReason({ Origin, CustomKeyStoreId }: KeyMetadata): TypeReason | undefined {
  if (Origin === 'EXTERNAL') return 'imported-material';
  if (Origin === 'AWS_CLOUDHSM') return 'cloudhsm-key-store';
  if (Origin === 'EXTERNAL_KEY_STORE') return 'external-key-store';
  return Origin === 'AWS_KMS' && CustomKeyStoreId === undefined ? undefined : 'unknown-origin';
}

function multiRegionReason({ MultiRegionConfiguration }: KeyMetadata): TypeReason | undefined {
  const role = MultiRegionConfiguration?.MultiRegionKeyType;
  if (role === undefined || role === 'PRIMARY') return undefined;
  return role === 'REPLICA' ? 'replica' : 'unknown-multi-region-role';
}

export const STATE_REASON: Readonly<Record<string, StateReason>> = {
  Disabled: 'disabled',
  PendingDeletion: 'pending-deletion',
  PendingReplicaDeletion: 'pending-deletion',
  PendingImport: 'pending-import',
  Creating: 'creating',
  Updating: 'updating',
  Unavailable: 'unavailable',
};

export function stateReason(state: string): StateReason | undefined {
  if (state === 'Enabled') return undefined;
  return Object.hasOwn(STATE_REASON, state) ? STATE_REASON[state] : 'unknown-state';
}

/** DescribeKey has `MultiRegionConfiguration` exactly when `MultiRegion` is true, and `Enabled` follows the state. */
function contradictsItself(metadata: KeyMetadata): boolean {
  const { MultiRegion = false, MultiRegionConfiguration, Enabled, KeyState } = metadata;
  const stateDisagrees = Enabled !== undefined && KeyState === 'Enabled' && !Enabled;
  return MultiRegion !== (MultiRegionConfiguration !== undefined) || stateDisagrees;
}

function concludeRotation(rotation: Reading<RotationStatus> | undefined): Conclusion {
  if (rotation === undefined) return { kind: 'unknown', reason: 'malformed-answer' };
  if (rotation.kind === 'unreadable') return unknownBecause(rotation.failure);
  return { kind: rotation.value.KeyRotationEnabled ? 'enabled' : 'candidate' };
}

const UNKNOWN_REASON: Readonly<Record<Failure['kind'], UnknownReason>> = {
  'access-denied': 'access-denied',
  credentials: 'credentials',
  'region-unavailable': 'region-unavailable',
  'not-found': 'contradictory-answer',
  throttled: 'gave-up-throttled',
  unsupported: 'unsupported',
  'invalid-state': 'aws-error',
  'invalid-request': 'aws-error',
  server: 'aws-error',
  network: 'network',
  'malformed-answer': 'malformed-answer',
};

function unknownBecause(failure: Failure): Conclusion {
  const reason = isGone(failure) ? 'disappeared' : UNKNOWN_REASON[failure.kind];
  return { kind: 'unknown', reason };
}

/** A key has gone when a listing says so. One that is listed and not found may be new (kms-facts §13.4). */
const isGone = ({ kind, operation }: Failure): boolean => kind === 'not-found' && operation === 'ListKeys';
