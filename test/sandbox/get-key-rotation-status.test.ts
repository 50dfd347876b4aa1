import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ListKeyRotationsCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { KeySettings, SandboxSettings } from '../../sandbox/index.ts';
import { rawKms, refusalOf, sandboxWithKey } from './clients.ts';

const DAY_MS = 86_400_000;
const ON = { periodInDays: 180, nextRotationDate: '2039-03-01T00:00:00Z' };
const SHOWN_ON = {
  KeyRotationEnabled: true,
  RotationPeriodInDays: 180,
  NextRotationDate: Date.parse(ON.nextRotationDate) / 1000,
};
const OFF = { KeyRotationEnabled: false };

type Row = readonly [
  title: string,
  key: Partial<KeySettings>,
  shown: object | string,
  settings?: SandboxSettings,
];

/** kms-facts §1.3: what is shown apart from KeyId, or the code of the refusal. */
const ROWS: readonly Row[] = [
  ['a key never enabled shows nothing but false', {}, OFF],
  ['an enabled key shows its period and date', { rotation: ON }, SHOWN_ON],
  ['a disabled key stays true', { keyState: 'Disabled', rotation: ON }, SHOWN_ON],
  ['a key pending deletion reads false', { keyState: 'PendingDeletion', rotation: ON }, OFF],
  [
    'a primary pending replica deletion reads false',
    { multiRegion: true, keyState: 'PendingReplicaDeletion', rotation: ON },
    OFF,
  ],
  ['a key being created is answered', { multiRegion: true, keyState: 'Creating' }, OFF],
  ['a key being updated is answered', { multiRegion: true, keyState: 'Updating', rotation: ON }, SHOWN_ON],
  [
    'an on-demand rotation shows when it began',
    { onDemandRotationStartDate: '2026-11-22T10:00:00Z' },
    { ...OFF, OnDemandRotationStartDate: 1795341600 },
  ],
  ['an asymmetric key is false', { keySpec: 'RSA_2048' }, OFF],
  ['an HMAC key is false', { keySpec: 'HMAC_384' }, OFF],
  ['an ML-DSA key is false', { keySpec: 'ML_DSA_87' }, OFF],
  ['a CloudHSM key is refused', { origin: 'AWS_CLOUDHSM' }, 'UnsupportedOperationException'],
  ['an external key store is refused', { origin: 'EXTERNAL_KEY_STORE' }, 'UnsupportedOperationException'],
  [
    'an unavailable key is refused',
    { origin: 'EXTERNAL_KEY_STORE', keyState: 'Unavailable' },
    'UnsupportedOperationException',
  ],
  [
    'a key pending import is refused',
    { origin: 'EXTERNAL', keyState: 'PendingImport' },
    'UnsupportedOperationException',
  ],
  ['imported material is false', { origin: 'EXTERNAL' }, OFF],
  [
    'imported material is refused, if told so',
    { origin: 'EXTERNAL' },
    'UnsupportedOperationException',
    { assumptions: { importedKeyStatus: 'unsupported' } },
  ],
  [
    'an AWS managed key is true',
    { keyManager: 'AWS' },
    { KeyRotationEnabled: true, RotationPeriodInDays: 365 },
  ],
  [
    'an AWS managed key is denied, if told so',
    { keyManager: 'AWS' },
    'AccessDeniedException',
    { assumptions: { awsManagedKeyStatus: 'denied' } },
  ],
];

describe('GetKeyRotationStatus', () => {
  it.for(ROWS)('%s', async ([_title, key, shown, settings = {}]) => {
    const { sandbox, keyId } = await sandboxWithKey(key, settings);
    const { status, text } = await rawKms(sandbox.url, 'GetKeyRotationStatus', { KeyId: keyId });
    const { __type, message: _, ...fields } = JSON.parse(text) as Record<string, unknown>;
    if (typeof shown === 'string') expect({ status, __type }).toEqual({ status: 400, __type: shown });
    else expect({ status, ...fields }).toEqual({ status: 200, KeyId: keyId, ...shown });
  });

  it('answers the ARN instead of the id, if told so', async () => {
    const { kms, keyId, arn } = await sandboxWithKey({}, { assumptions: { statusKeyId: 'arn' } });
    const status = await kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }));
    expect(status.KeyId).toBe(arn);
  });

  it('dates the next rotation one period after it was enabled, and anew when enabled again', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    const enableFor = async (RotationPeriodInDays: number) => {
      await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays }));
      const status = await kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }));
      return (status.NextRotationDate?.getTime() ?? 0) - Date.now() - RotationPeriodInDays * DAY_MS;
    };
    expect(Math.abs(await enableFor(365))).toBeLessThan(2000);
    sandbox.configure({ clockOffsetMs: 10 * DAY_MS });
    expect(Math.abs((await enableFor(90)) - 10 * DAY_MS)).toBeLessThan(2000);
  });

  it('reads false while deletion is pending and is restored on cancellation, with the key disabled', async () => {
    const { kms, keyId } = await sandboxWithKey({ rotation: ON });
    const status = async () =>
      (await kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }))).KeyRotationEnabled;
    const scheduled = await kms().send(
      new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }),
    );
    expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
    expect(await status()).toBe(false);
    await kms().send(new CancelKeyDeletionCommand({ KeyId: keyId }));
    expect(await status()).toBe(true);
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
    expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    expect(KeyMetadata).not.toHaveProperty('DeletionDate');
  });

  it('shows on a replica what the primary is set to', async () => {
    const { kms, keyId } = await sandboxWithKey({ replicaRegions: ['eu-west-1'] });
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 200 }));
    const status = await kms('eu-west-1').send(new GetKeyRotationStatusCommand({ KeyId: keyId }));
    expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 200 });
  });
});

describe('rotation of the material', () => {
  it('happens when its date comes, and moves the date by a period', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 90 }));
    const material = async () =>
      (await kms().send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.CurrentKeyMaterialId;
    const before = await material();
    sandbox.configure({ clockOffsetMs: 200 * DAY_MS });
    expect(await material()).not.toBe(before);
    const { Rotations } = await kms().send(new ListKeyRotationsCommand({ KeyId: keyId }));
    expect(Rotations?.map((rotation) => rotation.RotationType)).toEqual(['AUTOMATIC', 'AUTOMATIC']);
  });

  it('waits while the key is disabled and is made up for at once when it is enabled', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 90 }));
    await kms().send(new DisableKeyCommand({ KeyId: keyId }));
    sandbox.configure({ clockOffsetMs: 200 * DAY_MS });
    expect(sandbox.keys()[0]?.rotation.completed).toBe(0);
    await kms().send(new EnableKeyCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.rotation.completed).toBe(1);
  });

  it('can be late, and the next date is then counted from when it happened', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey(
      { rotation: { periodInDays: 90, nextRotationDate: '2027-01-01T00:00:00Z' } },
      { consistency: { automaticMs: DAY_MS } },
    );
    const at = (date: string) => sandbox.configure({ clockOffsetMs: Date.parse(date) - Date.now() });
    const next = async () =>
      (await kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }))).NextRotationDate;
    at('2027-01-01T23:00:00Z');
    expect(await next()).toEqual(new Date('2027-01-01T00:00:00Z'));
    expect((await kms().send(new ListKeyRotationsCommand({ KeyId: keyId }))).Rotations).toEqual([]);
    at('2027-01-02T01:00:00Z');
    expect(await next()).toEqual(new Date('2027-04-02T00:00:00Z'));
    expect((await kms().send(new ListKeyRotationsCommand({ KeyId: keyId }))).Rotations).toMatchObject([
      { RotationType: 'AUTOMATIC', RotationDate: new Date('2027-01-02T00:00:00Z') },
    ]);
  });

  it('that fell due before the key was disabled has happened, though nobody looked', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 90 }));
    sandbox.configure({ clockOffsetMs: 100 * DAY_MS });
    await kms().send(new DisableKeyCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.rotation.completed).toBe(1);
  });

  it('on demand runs for a while, leaves the schedule alone and is refused meanwhile', async () => {
    const settings = { consistency: { onDemandMs: 60_000 } };
    const { kms, sandbox, keyId, arn } = await sandboxWithKey({ rotation: ON }, settings);
    const status = () => kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }));
    const rotate = () => kms().send(new RotateKeyOnDemandCommand({ KeyId: keyId }));
    expect((await rotate()).KeyId).toBe(arn);
    expect((await status()).OnDemandRotationStartDate).toBeInstanceOf(Date);
    expect((await refusalOf(rotate()))?.code).toBe('ConflictException');
    sandbox.configure({ clockOffsetMs: 60_000 });
    expect((await status()).OnDemandRotationStartDate).toBeUndefined();
    expect((await status()).NextRotationDate).toEqual(new Date(ON.nextRotationDate));
  });

  it('on demand is limited to 25 for a key', async () => {
    const { kms, keyId } = await sandboxWithKey();
    for (let n = 0; n < 25; n++) await kms().send(new RotateKeyOnDemandCommand({ KeyId: keyId }));
    const refusal = await refusalOf(kms().send(new RotateKeyOnDemandCommand({ KeyId: keyId })));
    expect(refusal?.code).toBe('LimitExceededException');
    const all = await kms().send(
      new ListKeyRotationsCommand({ KeyId: keyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }),
    );
    expect(all.Rotations).toHaveLength(26);
    expect(all.Rotations?.at(-1)?.KeyMaterialState).toBe('CURRENT');
  });

  it.each([
    ['an empty list for an asymmetric key', { keySpec: 'RSA_2048' }, undefined],
    ['an empty list while import is pending', { origin: 'EXTERNAL', keyState: 'PendingImport' }, undefined],
    ['a refusal for a custom key store', { origin: 'AWS_CLOUDHSM' }, 'UnsupportedOperationException'],
  ] as const)('is listed as %s', async (_title, key, code) => {
    const { kms, keyId } = await sandboxWithKey(key);
    const listing = kms().send(new ListKeyRotationsCommand({ KeyId: keyId }));
    if (code) expect((await refusalOf(listing))?.code).toBe(code);
    else expect((await listing).Rotations).toEqual([]);
  });
});
