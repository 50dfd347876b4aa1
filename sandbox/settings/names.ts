/** AWS's enumerations (kms-facts §1.1, §13.1), held against the SDK's by a test. */
export const KEY_SPECS = [
  'SYMMETRIC_DEFAULT',
  'RSA_2048',
  'RSA_3072',
  'RSA_4096',
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
  'SM2',
  'HMAC_224',
  'HMAC_256',
  'HMAC_384',
  'HMAC_512',
  'ML_DSA_44',
  'ML_DSA_65',
  'ML_DSA_87',
  'ML_KEM_512',
  'ML_KEM_768',
  'ML_KEM_1024',
] as const;
export type KeySpecName = (typeof KEY_SPECS)[number];

export const KEY_USAGES = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

export const ORIGINS = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const;
export type Origin = (typeof ORIGINS)[number];

export const KEY_STATES = [
  'Creating',
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'PendingReplicaDeletion',
  'Unavailable',
  'Updating',
] as const;
export type KeyState = (typeof KEY_STATES)[number];

export const OPT_STATUSES = ['ENABLED', 'ENABLING', 'DISABLING', 'DISABLED', 'ENABLED_BY_DEFAULT'] as const;
export type RegionOptStatus = (typeof OPT_STATUSES)[number];

export const isCustomKeyStore = (origin: Origin) =>
  origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE';

/** The uses AWS allows for a spec; the first is what a key of the settings gets when it names none. */
export function usagesOf(keySpec: KeySpecName): readonly KeyUsage[] {
  if (keySpec === 'SYMMETRIC_DEFAULT') return ['ENCRYPT_DECRYPT'];
  if (keySpec.startsWith('HMAC_')) return ['GENERATE_VERIFY_MAC'];
  if (keySpec.startsWith('RSA_')) return ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'];
  if (keySpec.startsWith('ECC_NIST_P')) return ['SIGN_VERIFY', 'KEY_AGREEMENT'];
  if (keySpec.startsWith('ML_KEM_')) return ['ENCAPSULATE_DECAPSULATE'];
  if (keySpec === 'SM2') return ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT'];
  return ['SIGN_VERIFY'];
}

/** Every operation the sandbox answers: a rule or figure for another name would never apply. */
export const OPERATIONS = [
  'ListKeys',
  'ListAliases',
  'DescribeKey',
  'GetKeyRotationStatus',
  'GetKeyPolicy',
  'ListResourceTags',
  'ListKeyRotations',
  'GetKeyLastUsage',
  'EnableKeyRotation',
  'DisableKeyRotation',
  'RotateKeyOnDemand',
  'CreateKey',
  'CreateAlias',
  'DeleteAlias',
  'UpdateKeyDescription',
  'TagResource',
  'UntagResource',
  'PutKeyPolicy',
  'EnableKey',
  'DisableKey',
  'ScheduleKeyDeletion',
  'CancelKeyDeletion',
  'ReplicateKey',
  'UpdatePrimaryRegion',
  'GetCallerIdentity',
  'AssumeRole',
  'ListRegions',
  'DescribeRegions',
  'DescribeOrganization',
  'ListRoots',
  'ListOrganizationalUnitsForParent',
  'ListAccounts',
  'ListAccountsForParent',
] as const;
