import type { Failure, FailureKind } from '../../src/model/failure.ts';
import type { KeyFacts, KeyMetadata, Reading, RotationStatus } from '../../src/model/key-facts.ts';
import type { Scope } from '../../src/model/plan.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const AT = '2026-11-22T10:00:00.000Z';

export const scopeOf = (...regions: string[]): Scope => ({
  partition: 'aws',
  accounts: [ACCOUNT],
  regions,
  policies: true,
  tags: true,
});
export const CONTEXT = { scope: scopeOf(REGION), RotationPeriodInDays: 365 };

export const arnOf = (keyId: string, region = REGION, account = ACCOUNT): string =>
  `arn:aws:kms:${region}:${account}:key/${keyId}`;

export const read = <T>(value: T): Reading<T> => ({ kind: 'read', value, at: AT });
export const unread = (
  kind: FailureKind,
  operation = 'DescribeKey',
  code = 'SomeException',
): Reading<never> => ({
  kind: 'unreadable',
  failure: failureOf(kind, operation, code),
  at: AT,
});
export const failureOf = (kind: FailureKind, operation = 'DescribeKey', code = 'SomeException'): Failure => ({
  operation,
  kind,
  code,
  message: '',
});

/** A key that supports rotation: customer managed, symmetric, made by KMS, single-Region, enabled. */
export const SYMMETRIC: KeyMetadata = {
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
  Enabled: true,
  KeySpec: 'SYMMETRIC_DEFAULT',
  KeyUsage: 'ENCRYPT_DECRYPT',
  Origin: 'AWS_KMS',
  MultiRegion: false,
  Description: 'a key',
};

export const OFF: RotationStatus = { KeyRotationEnabled: false };
export const ON: RotationStatus = {
  KeyRotationEnabled: true,
  RotationPeriodInDays: 365,
  NextRotationDate: '2027-11-22T10:00:00.000Z',
};

export const multiRegion = (MultiRegionKeyType: string, primaryRegion = REGION): Partial<KeyMetadata> => ({
  MultiRegion: true,
  MultiRegionConfiguration: {
    MultiRegionKeyType,
    PrimaryKey: { Arn: arnOf('mrk-1', primaryRegion), Region: primaryRegion },
    ReplicaKeys: [],
  },
});

export function factsOf(
  metadata: Partial<KeyMetadata> = {},
  rotation: Reading<RotationStatus> | undefined = read(OFF),
  keyId = '11111111-1111-1111-1111-111111111111',
): KeyFacts {
  const state = metadata.KeyState ?? SYMMETRIC.KeyState;
  return {
    keyArn: arnOf(keyId),
    keyId,
    account: ACCOUNT,
    region: REGION,
    metadata: read({ ...SYMMETRIC, Enabled: state === 'Enabled', ...metadata }),
    ...(rotation && { rotation }),
  };
}
