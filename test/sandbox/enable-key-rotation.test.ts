import {
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  ReplicateKeyCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { KeySettings } from '../../sandbox/index.ts';
import { KEY_SPECS } from '../../sandbox/settings/names.ts';
import { REGION, refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

type Row = readonly [title: string, key: Partial<KeySettings>, code: string | undefined];

/** kms-facts §1.2, row by row. */
const ROWS: readonly Row[] = [
  ['a symmetric encryption key', {}, undefined],
  ['a multi-Region primary', { multiRegion: true }, undefined],
  ['a primary while Updating', { multiRegion: true, keyState: 'Updating' }, undefined],
  ['a disabled key', { keyState: 'Disabled' }, 'DisabledException'],
  ['a disabled primary', { multiRegion: true, keyState: 'Disabled' }, 'DisabledException'],
  ['a key pending deletion', { keyState: 'PendingDeletion' }, 'KMSInvalidStateException'],
  [
    'a primary pending replica deletion',
    { replicaRegions: ['eu-west-1'], keyState: 'PendingReplicaDeletion' },
    'KMSInvalidStateException',
  ],
  ['a key that is being created', { multiRegion: true, keyState: 'Creating' }, 'KMSInvalidStateException'],
  [
    'a key pending import',
    { origin: 'EXTERNAL', keyState: 'PendingImport' },
    'UnsupportedOperationException',
  ],
  ['imported material', { origin: 'EXTERNAL' }, 'UnsupportedOperationException'],
  [
    'imported material, disabled',
    { origin: 'EXTERNAL', keyState: 'Disabled' },
    'UnsupportedOperationException',
  ],
  ['a CloudHSM key', { origin: 'AWS_CLOUDHSM' }, 'UnsupportedOperationException'],
  ['an external key store', { origin: 'EXTERNAL_KEY_STORE' }, 'UnsupportedOperationException'],
  [
    'a store that is disconnected',
    { origin: 'EXTERNAL_KEY_STORE', keyState: 'Unavailable' },
    'UnsupportedOperationException',
  ],
  ['an AWS managed key', { keyManager: 'AWS' }, 'AccessDeniedException'],
  [
    'an RSA encryption key',
    { keySpec: 'RSA_4096', keyUsage: 'ENCRYPT_DECRYPT' },
    'UnsupportedOperationException',
  ],
  [
    'a key agreement key',
    { keySpec: 'ECC_NIST_P256', keyUsage: 'KEY_AGREEMENT' },
    'UnsupportedOperationException',
  ],
  ['an imported HMAC key', { keySpec: 'HMAC_256', origin: 'EXTERNAL' }, 'UnsupportedOperationException'],
  ...KEY_SPECS.filter((spec) => spec !== 'SYMMETRIC_DEFAULT').map(
    (keySpec): Row => [`spec ${keySpec}`, { keySpec }, 'UnsupportedOperationException'],
  ),
];

describe('EnableKeyRotation', () => {
  it.each(ROWS)('on %s', async (_title, key, code) => {
    const { kms, sandbox, keyId } = await sandboxWithKey(key);
    const refusal = await refusalOf(kms().send(new EnableKeyRotationCommand({ KeyId: keyId })));
    expect(refusal?.code).toBe(code);
    if (code) expect(refusal?.status).toBe(400);
    expect(sandbox.log.at(-1)?.acted).toBe(code === undefined);
    const changed = sandbox.keys().some((made) => made.keyManager === 'CUSTOMER' && made.rotation.enabled);
    expect(changed).toBe(code === undefined);
  });

  it('refuses a replica, and tells its primary apart from it', async () => {
    const { kms, keyId } = await sandboxWithKey({ replicaRegions: ['eu-west-1'] });
    const enable = new EnableKeyRotationCommand({ KeyId: keyId });
    expect(await refusalOf(kms('eu-west-1').send(enable))).toMatchObject({
      code: 'UnsupportedOperationException',
    });
    expect(await refusalOf(kms().send(enable))).toBeUndefined();
  });

  it('refuses a replica that is still being created for its state', async () => {
    const { kms, keyId } = await sandboxWithKey(
      { multiRegion: true },
      { consistency: { replicaMs: 60_000 } },
    );
    await kms().send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: 'eu-west-1' }));
    const refusal = await refusalOf(kms('eu-west-1').send(new EnableKeyRotationCommand({ KeyId: keyId })));
    expect(refusal?.code).toBe('KMSInvalidStateException');
  });

  it.each([
    ['type', 'UnsupportedOperationException'],
    ['state', 'DisabledException'],
  ] as const)(
    'names the %s first when a key is wrong in both, if told so',
    async (refusalPrecedence, code) => {
      const { kms, keyId } = await sandboxWithKey(
        { origin: 'AWS_CLOUDHSM', keyState: 'Disabled' },
        { assumptions: { refusalPrecedence } },
      );
      const refusal = await refusalOf(kms().send(new EnableKeyRotationCommand({ KeyId: keyId })));
      expect(refusal?.code).toBe(code);
    },
  );

  it.each([89, 2561, 0, -1])('refuses a period of %i days', async (RotationPeriodInDays) => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    const enable = new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays });
    expect(await refusalOf(kms().send(enable))).toMatchObject({ code: 'ValidationException', status: 400 });
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(false);
  });

  it.each([90, 365, 2560])('accepts a period of %i days', async (RotationPeriodInDays) => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays }));
    expect(sandbox.keys()[0]?.rotation.periodInDays).toBe(RotationPeriodInDays);
    expect(sandbox.log.at(-1)?.parameters).toEqual({ RotationPeriodInDays });
  });

  it('takes 365 days when none is given, or keeps a period if told so', async () => {
    const key = { region: REGION, rotation: { periodInDays: 90 } };
    const { kms, sandbox } = await sandboxWith({ keys: [key] });
    const [made] = sandbox.keys();
    const enable = () => kms().send(new EnableKeyRotationCommand({ KeyId: made?.keyId }));
    sandbox.configure({ assumptions: { periodWhenOmitted: 'keep' } });
    await enable();
    expect(sandbox.keys()[0]?.rotation.periodInDays).toBe(90);
    sandbox.configure({ assumptions: null });
    await enable();
    expect(sandbox.keys()[0]?.rotation.periodInDays).toBe(365);
  });

  it('accepts a key ARN and refuses an alias', async () => {
    const { kms, arn } = await sandboxWithKey({ aliases: ['alias/orders'] });
    expect(await refusalOf(kms().send(new EnableKeyRotationCommand({ KeyId: arn })))).toBeUndefined();
    const byAlias = kms().send(new EnableKeyRotationCommand({ KeyId: 'alias/orders' }));
    expect((await refusalOf(byAlias))?.code).toBe('NotFoundException');
  });

  it('is undone by DisableKeyRotation', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey({ rotation: true });
    await kms().send(new DisableKeyRotationCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.rotation).toEqual({ enabled: false, completed: expect.any(Number) });
  });
});
