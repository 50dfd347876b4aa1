import { epochSeconds } from '../clock.ts';
import { hexOf } from '../random.ts';
import { isCustomKeyStore, type KeySpecName } from '../settings/names.ts';
import { type Family, isPrimary, type Key, stateOf } from '../state/key.ts';

type Fields = Record<string, unknown>;

/** KeyMetadata with exactly the fields that AWS was recorded to send for such a key. */
export function metadataOf(key: Key, now: number): Fields {
  const state = stateOf(key, now);
  return {
    AWSAccountId: key.account,
    Arn: key.arn,
    CreationDate: epochSeconds(key.createdAt),
    ...materialFields(key, state, now),
    CustomerMasterKeySpec: key.keySpec,
    Description: key.description,
    Enabled: state === 'Enabled',
    ...algorithmsOf(key),
    KeyId: key.keyId,
    KeyManager: key.keyManager,
    KeySpec: key.keySpec,
    KeyState: state,
    KeyUsage: key.keyUsage,
    MultiRegion: key.family !== undefined,
    ...(key.family && { MultiRegionConfiguration: familyFields(key, key.family) }),
    Origin: key.origin,
    ...deletionFields(key, state),
    ...storeFields(key),
  };
}

/** The id of the key's n-th material; all members of a family have the same. */
export const materialIdOf = (key: Key, n: number) => hexOf(`${key.keyId}/${n}`) + hexOf(`${n}/${key.keyId}`);

/** How many rotations have been completed. */
export const rotationsDone = (key: Key, now: number) =>
  key.rotation.material.filter((rotation) => rotation.endsAt <= now).length;

/** CurrentKeyMaterialId: symmetric encryption keys of origin AWS_KMS or EXTERNAL that have material. */
function materialFields(key: Key, state: string, now: number): Fields {
  const hasMaterial = state !== 'PendingImport' && state !== 'Creating';
  if (!hasMaterial) return {};
  const shown = key.keySpec === 'SYMMETRIC_DEFAULT' && !isCustomKeyStore(key.origin);
  const imported = key.origin === 'EXTERNAL';
  return {
    ...(shown && { CurrentKeyMaterialId: materialIdOf(key, rotationsDone(key, now)) }),
    ...(imported && {
      ExpirationModel: key.validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
    }),
    ...(imported && key.validTo !== undefined && { ValidTo: epochSeconds(key.validTo) }),
  };
}

function familyFields(key: Key, family: Family): Fields {
  const members = [...family.members.values()].map(({ arn, region }) => ({ Arn: arn, Region: region }));
  return {
    MultiRegionKeyType: isPrimary(key) ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: members.find((member) => member.Region === family.primaryRegion),
    ReplicaKeys: members.filter((member) => member.Region !== family.primaryRegion),
  };
}

/** A primary that waits for its replicas has a window but no date yet. */
function deletionFields(key: Key, state: string): Fields {
  if (state === 'PendingDeletion') return { DeletionDate: epochSeconds(key.deletionAt ?? 0) };
  if (state === 'PendingReplicaDeletion') return { PendingDeletionWindowInDays: key.pendingWindowInDays };
  return {};
}

function storeFields(key: Key): Fields {
  const store = key.customKeyStoreId === undefined ? {} : { CustomKeyStoreId: key.customKeyStoreId };
  if (key.origin === 'AWS_CLOUDHSM') {
    return { ...store, CloudHsmClusterId: `cluster-${hexOf(key.customKeyStoreId ?? '').slice(0, 11)}` };
  }
  if (key.origin === 'EXTERNAL_KEY_STORE')
    return { ...store, XksKeyConfiguration: { Id: `xks-${key.keyId}` } };
  return store;
}

function algorithmsOf(key: Key): Fields {
  switch (key.keyUsage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: encryptionAlgorithms(key.keySpec) };
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: signingAlgorithms(key.keySpec) };
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: [`HMAC_SHA_${key.keySpec.slice(5)}`] };
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: ['ECDH'] };
    case 'ENCAPSULATE_DECAPSULATE':
      return { EncapsulationAlgorithms: [key.keySpec] };
  }
}

function encryptionAlgorithms(spec: KeySpecName): string[] {
  if (spec === 'SM2') return ['SM2PKE'];
  return spec.startsWith('RSA_') ? ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] : ['SYMMETRIC_DEFAULT'];
}

const HASHES = ['256', '384', '512'];
const CURVE_HASHES: Partial<Record<KeySpecName, string>> = {
  ECC_NIST_P384: 'ECDSA_SHA_384',
  ECC_NIST_P521: 'ECDSA_SHA_512',
};

function signingAlgorithms(spec: KeySpecName): string[] {
  if (spec.startsWith('RSA_')) {
    return ['RSASSA_PKCS1_V1_5_SHA_', 'RSASSA_PSS_SHA_'].flatMap((name) => HASHES.map((hash) => name + hash));
  }
  if (spec.startsWith('ML_DSA_')) return ['ML_DSA_SHAKE_256'];
  if (spec === 'SM2') return ['SM2DSA'];
  if (spec === 'ECC_NIST_EDWARDS25519') return ['ED25519_SHA_512', 'ED25519_PH_SHA_512'];
  return [CURVE_HASHES[spec] ?? 'ECDSA_SHA_256'];
}
