import {
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ReplicateKeyCommand,
  UpdatePrimaryRegionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { refusalOf, sandboxWithKey } from './clients.ts';

/** Time passes by moving AWS's clock, so that no test depends on how fast it runs. */
const MINUTE = 60_000;

const isOn = async (kms: KMSClient, KeyId: string) =>
  (await kms.send(new GetKeyRotationStatusCommand({ KeyId }))).KeyRotationEnabled;
const enable = (KeyId: string) => new EnableKeyRotationCommand({ KeyId });

describe('consistency', () => {
  it('rotationMs: the old status is shown for a while after a change', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey({}, { consistency: { rotationMs: MINUTE } });
    await kms().send(enable(keyId));
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(true);
    expect(await isOn(kms(), keyId)).toBe(false);
    sandbox.configure({ clockOffsetMs: MINUTE });
    expect(await isOn(kms(), keyId)).toBe(true);
  });

  it('replicaMs: a replica shows the change later than its primary', async () => {
    const key = { replicaRegions: ['eu-west-1'] };
    const { kms, sandbox, keyId } = await sandboxWithKey(key, { consistency: { replicaMs: MINUTE } });
    await kms().send(enable(keyId));
    expect(await isOn(kms(), keyId)).toBe(true);
    expect(await isOn(kms('eu-west-1'), keyId)).toBe(false);
    sandbox.configure({ clockOffsetMs: MINUTE });
    expect(await isOn(kms('eu-west-1'), keyId)).toBe(true);
  });

  it('replicaMs: a new replica is Creating before it is Enabled', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey(
      { multiRegion: true },
      { consistency: { replicaMs: MINUTE } },
    );
    await kms().send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: 'eu-west-1' }));
    const state = async () =>
      (await kms('eu-west-1').send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata?.KeyState;
    expect(await state()).toBe('Creating');
    sandbox.configure({ clockOffsetMs: MINUTE });
    expect(await state()).toBe('Enabled');
  });

  it('UpdatePrimaryRegion moves the right to enable rotation, by way of Updating', async () => {
    const key = { replicaRegions: ['eu-west-1'] };
    const { kms, sandbox, keyId } = await sandboxWithKey(key, { consistency: { replicaMs: MINUTE } });
    await kms().send(new UpdatePrimaryRegionCommand({ KeyId: keyId, PrimaryRegion: 'eu-west-1' }));
    const describedIn = async (region: string) =>
      (await kms(region).send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata;
    expect((await describedIn('eu-central-1'))?.KeyState).toBe('Updating');
    sandbox.configure({ clockOffsetMs: MINUTE });
    expect((await describedIn('eu-west-1'))?.KeyState).toBe('Enabled');
    expect((await describedIn('eu-central-1'))?.MultiRegionConfiguration).toMatchObject({
      MultiRegionKeyType: 'REPLICA',
      PrimaryKey: { Region: 'eu-west-1' },
    });
    expect((await refusalOf(kms().send(enable(keyId))))?.code).toBe('UnsupportedOperationException');
    expect(await refusalOf(kms('eu-west-1').send(enable(keyId)))).toBeUndefined();
  });
});
