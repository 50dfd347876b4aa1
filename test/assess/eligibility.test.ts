import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concludeFinding, rotationIsReadable, supportsRotation } from '../../src/assess/eligibility.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { KeyMetadata } from '../../src/model/key-facts.ts';
import { factsOf, multiRegion, OFF, ON, read, SYMMETRIC, unread } from '../support/facts.ts';

/** The table of kms-facts §1, row by row: what makes a key what it is, and the finding that it must have. */
const BY_TYPE: readonly [string, Partial<KeyMetadata>, string][] = [
  ...[
    'RSA_2048',
    'RSA_3072',
    'RSA_4096',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
  ]
    .concat('ECC_NIST_EDWARDS25519', 'SM2', 'ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87')
    .map((KeySpec): [string, Partial<KeyMetadata>, string] => [
      KeySpec,
      { KeySpec, KeyUsage: 'SIGN_VERIFY' },
      'asymmetric',
    ]),
  ['RSA for encryption', { KeySpec: 'RSA_4096', KeyUsage: 'ENCRYPT_DECRYPT' }, 'asymmetric'],
  ...['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512'].map(
    (KeySpec): [string, Partial<KeyMetadata>, string] => [
      KeySpec,
      { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' },
      'hmac',
    ],
  ),
  ['key agreement', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' }, 'key-agreement'],
  ['imported material', { Origin: 'EXTERNAL' }, 'imported-material'],
  ['imported material still awaited', { Origin: 'EXTERNAL', KeyState: 'PendingImport' }, 'imported-material'],
  [
    'an imported HMAC key',
    { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC', Origin: 'EXTERNAL' },
    'hmac',
  ],
  ['CloudHSM key store', { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1' }, 'cloudhsm-key-store'],
  ['external key store', { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: 'cks-2' }, 'external-key-store'],
  [
    'a store that is not connected',
    { Origin: 'AWS_CLOUDHSM', KeyState: 'Unavailable' },
    'cloudhsm-key-store',
  ],
  ['multi-Region replica', multiRegion('REPLICA'), 'replica'],
  ['disabled replica', { ...multiRegion('REPLICA'), KeyState: 'Disabled' }, 'replica'],
  ['a spec of tomorrow', { KeySpec: 'SYMMETRIC_512' }, 'unknown-spec'],
  ['a usage of tomorrow', { KeyUsage: 'WRAP_UNWRAP' }, 'unknown-usage'],
  ['an origin of tomorrow', { Origin: 'AWS_MOON' }, 'unknown-origin'],
  ['a key store with an origin that has none', { CustomKeyStoreId: 'cks-3' }, 'unknown-origin'],
  ['a multi-Region role of tomorrow', multiRegion('SECONDARY'), 'unknown-multi-region-role'],
  ['a manager of tomorrow', { KeyManager: 'PARTNER' }, 'unknown-manager'],
];

const BY_STATE: readonly [string, string][] = [
  ['Disabled', 'disabled'],
  ['PendingDeletion', 'pending-deletion'],
  ['PendingReplicaDeletion', 'pending-deletion'],
  ['PendingImport', 'pending-import'],
  ['Creating', 'creating'],
  ['Updating', 'updating'],
  ['Unavailable', 'unavailable'],
  ['Hibernating', 'unknown-state'],
  ['constructor', 'unknown-state'],
];

describe('the finding of a key', () => {
  it('is candidate where the key supports rotation and it is off', () => {
    expect(concludeFinding(factsOf())).toEqual({ kind: 'candidate' });
    expect(concludeFinding(factsOf(multiRegion('PRIMARY')))).toEqual({ kind: 'candidate' });
  });

  it('is enabled where it is on, whatever the period', () => {
    expect(concludeFinding(factsOf({}, read({ ...ON, RotationPeriodInDays: 90 })))).toEqual({
      kind: 'enabled',
    });
  });

  it('is none for an AWS managed key', () => {
    expect(concludeFinding(factsOf({ KeyManager: 'AWS' }))).toEqual({ kind: 'aws-managed' });
  });

  it.each(BY_TYPE)('is ineligible by type: %s', (_, metadata, reason) => {
    for (const rotation of [read(OFF), read(ON), unread('unsupported'), undefined]) {
      const conclusion = concludeFinding(factsOf(metadata, rotation));
      expect(conclusion).toEqual({ kind: 'ineligible', basis: 'type', reason });
    }
  });

  it.each(BY_STATE)('is ineligible by state: %s', (KeyState, reason) => {
    for (const rotation of [read(OFF), read(ON), unread('access-denied')]) {
      const conclusion = concludeFinding(factsOf({ KeyState }, rotation));
      expect(conclusion).toEqual({ kind: 'ineligible', basis: 'state', reason });
    }
  });

  it.each([
    ['access-denied', 'access-denied'],
    ['credentials', 'credentials'],
    ['not-found', 'contradictory-answer'],
    ['throttled', 'gave-up-throttled'],
    ['unsupported', 'unsupported'],
    ['invalid-state', 'aws-error'],
    ['invalid-request', 'aws-error'],
    ['server', 'aws-error'],
    ['network', 'network'],
    ['malformed-answer', 'malformed-answer'],
  ] satisfies [FailureKind, string][])('is unknown, never off, where a read failed: %s', (kind, reason) => {
    const undescribed = { ...factsOf(), metadata: unread(kind) };
    expect(concludeFinding(undescribed)).toEqual({ kind: 'unknown', reason });
    const noStatus = factsOf({}, unread(kind, 'GetKeyRotationStatus'));
    expect(concludeFinding(noStatus)).toEqual({ kind: 'unknown', reason });
  });

  it('has disappeared only if a listing no longer has it', () => {
    const gone = { ...factsOf(), metadata: unread('not-found', 'ListKeys') };
    expect(concludeFinding(gone)).toEqual({ kind: 'unknown', reason: 'disappeared' });
  });

  it.each([
    ['multi-Region without a configuration', { MultiRegion: true }],
    ['a configuration without being multi-Region', { ...multiRegion('PRIMARY'), MultiRegion: false }],
    ['state Enabled and not enabled', { Enabled: false }],
  ] satisfies [string, Partial<KeyMetadata>][])(
    'is unknown where the facts contradict each other: %s',
    (_, odd) => {
      expect(concludeFinding(factsOf(odd))).toEqual({ kind: 'unknown', reason: 'contradictory-answer' });
    },
  );

  it('is unknown where nobody read the status of a key that has one', () => {
    const { rotation, ...unread } = factsOf();
    expect(concludeFinding(unread)).toMatchObject({ kind: 'unknown' });
  });
});

/** Values that AWS documents, near misses, and anything at all. */
const oneOf = (...values: string[]) =>
  fc.oneof(fc.constantFrom(...values), fc.string(), fc.constantFrom('', ' Enabled', 'ENABLED', '__proto__'));
const anyMetadata: fc.Arbitrary<KeyMetadata> = fc.record(
  {
    KeyManager: oneOf('CUSTOMER', 'AWS'),
    KeyState: oneOf(
      'Enabled',
      'Disabled',
      'PendingDeletion',
      'PendingImport',
      'Creating',
      'Updating',
      'Unavailable',
    ),
    KeySpec: oneOf('SYMMETRIC_DEFAULT', 'RSA_2048', 'HMAC_256', 'ECC_NIST_P256', 'SM2', 'ML_DSA_44'),
    KeyUsage: oneOf('ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'),
    Origin: oneOf('AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'),
    Enabled: fc.boolean(),
    MultiRegion: fc.boolean(),
    CustomKeyStoreId: fc.string(),
    MultiRegionConfiguration: fc.record({ MultiRegionKeyType: oneOf('PRIMARY', 'REPLICA') }),
  },
  { requiredKeys: ['KeyManager', 'KeyState', 'KeySpec', 'KeyUsage', 'Origin'] },
);
const anyRotation = fc.oneof(
  fc.constantFrom(read(OFF), read(ON), undefined),
  fc.constantFrom(unread('access-denied'), unread('throttled'), unread('not-found')),
);

/** Written out from kms-facts §1.1, apart from the code under test. */
function isDocumentedAsEligible(m: KeyMetadata): boolean {
  const role = m.MultiRegionConfiguration?.MultiRegionKeyType;
  return [
    m.KeyManager === 'CUSTOMER',
    m.KeySpec === 'SYMMETRIC_DEFAULT',
    m.KeyUsage === 'ENCRYPT_DECRYPT',
    m.Origin === 'AWS_KMS',
    m.CustomKeyStoreId === undefined,
    role === undefined || role === 'PRIMARY',
    m.KeyState === 'Enabled',
  ].every(Boolean);
}

describe('no combination outside the table', () => {
  it('is ever a candidate', () => {
    fc.assert(
      fc.property(anyMetadata, anyRotation, (metadata, rotation) => {
        const { kind } = concludeFinding({ ...factsOf({}, rotation), metadata: read(metadata) });
        if (kind !== 'candidate') return;
        expect(isDocumentedAsEligible(metadata)).toBe(true);
        expect(rotation).toEqual(read(OFF));
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps one that is inside from being one', () => {
    fc.assert(
      fc.property(
        fc.record({ MultiRegion: fc.boolean(), Description: fc.string() }),
        ({ MultiRegion, Description }) => {
          const family = MultiRegion ? multiRegion('PRIMARY') : {};
          expect(concludeFinding(factsOf({ ...family, Description }))).toEqual({ kind: 'candidate' });
        },
      ),
    );
  });
});

describe('the calls that a key deserves', () => {
  it('has the status read for every key of the right type, replicas and disabled ones included', () => {
    expect(rotationIsReadable(SYMMETRIC)).toBe(true);
    expect(rotationIsReadable({ ...SYMMETRIC, KeyState: 'Disabled' })).toBe(true);
    expect(rotationIsReadable({ ...SYMMETRIC, ...multiRegion('REPLICA') })).toBe(true);
  });

  it('has no status read where the type settles it', () => {
    expect(rotationIsReadable({ ...SYMMETRIC, KeyManager: 'AWS' })).toBe(false);
    expect(rotationIsReadable({ ...SYMMETRIC, Origin: 'EXTERNAL' })).toBe(false);
    expect(rotationIsReadable({ ...SYMMETRIC, KeySpec: 'HMAC_256' })).toBe(false);
  });

  it('has policy and tags read where the type supports rotation', () => {
    expect(supportsRotation({ ...SYMMETRIC, KeyState: 'PendingDeletion' })).toBe(true);
    expect(supportsRotation({ ...SYMMETRIC, ...multiRegion('REPLICA') })).toBe(false);
    expect(supportsRotation({ ...SYMMETRIC, KeyManager: 'AWS' })).toBe(false);
  });
});
