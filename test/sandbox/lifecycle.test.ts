import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  GetKeyPolicyCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReplicateKeyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { KEY_SPECS, usagesOf } from '../../sandbox/settings/names.ts';
import { refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

describe('CreateKey', () => {
  it.each(KEY_SPECS)('makes a key of spec %s for each of its usages', async (KeySpec) => {
    const { kms } = await sandboxWith();
    for (const KeyUsage of usagesOf(KeySpec)) {
      const { KeyMetadata } = await kms().send(new CreateKeyCommand({ KeySpec, KeyUsage }));
      expect(KeyMetadata).toMatchObject({ KeySpec, KeyUsage, KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
    }
  });

  it('makes an EXTERNAL key that waits for its material, and an mrk- key for several Regions', async () => {
    const { kms } = await sandboxWith();
    const external = await kms().send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    expect(external.KeyMetadata?.KeyState).toBe('PendingImport');
    const multiRegion = await kms().send(new CreateKeyCommand({ MultiRegion: true }));
    expect(multiRegion.KeyMetadata?.KeyId).toMatch(/^mrk-[0-9a-f]{32}$/);
  });

  it.each([
    [{ KeySpec: 'RSA_2048', KeyUsage: 'GENERATE_VERIFY_MAC' }, 'ValidationException'],
    [{ KeySpec: 'RSA_2048' }, 'ValidationException'],
    [{ Policy: 'not json' }, 'MalformedPolicyDocumentException'],
    [
      { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: 'cks-1', MultiRegion: true },
      'UnsupportedOperationException',
    ],
    [{ Tags: [{ TagKey: 'aws:x', TagValue: '' }] }, 'TagException'],
  ] satisfies [CreateKeyCommandInput, string][])('refuses %j', async (input, code) => {
    const { kms, sandbox } = await sandboxWith();
    expect((await refusalOf(kms().send(new CreateKeyCommand(input))))?.code).toBe(code);
    expect(sandbox.keys()).toEqual([]);
  });
});

describe('a key’s state', () => {
  it('goes from Enabled to Disabled and back', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey();
    await kms().send(new DisableKeyCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.keyState).toBe('Disabled');
    await kms().send(new EnableKeyCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.keyState).toBe('Enabled');
  });

  it('cannot be enabled while deletion is pending, nor can the key be tagged or given an alias', async () => {
    const { kms, keyId } = await sandboxWithKey({ keyState: 'PendingDeletion', pendingWindowInDays: 7 });
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
    expect(KeyMetadata?.DeletionDate?.getTime()).toBeGreaterThan(Date.now());
    for (const call of [
      kms().send(new EnableKeyCommand({ KeyId: keyId })),
      kms().send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
      kms().send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: keyId })),
      kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId })),
    ]) {
      expect((await refusalOf(call))?.code).toBe('KMSInvalidStateException');
    }
  });

  it('of a primary with replicas waits for them before it has a date', async () => {
    const { kms, keyId } = await sandboxWithKey({ replicaRegions: ['eu-west-1'] });
    const answer = await kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId }));
    expect(answer).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingWindowInDays: 30 });
    expect(answer).not.toHaveProperty('DeletionDate');
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
    expect(KeyMetadata?.PendingDeletionWindowInDays).toBe(30);
  });
});

it('tags, description, alias and policy can be changed and read back', async () => {
  const { kms, keyId } = await sandboxWithKey({ tags: { old: '1' } });
  const KeyId = keyId;
  await kms().send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'new', TagValue: '2' }] }));
  await kms().send(new UntagResourceCommand({ KeyId, TagKeys: ['old'] }));
  const tags = await kms().send(new ListResourceTagsCommand({ KeyId }));
  expect(tags.Tags).toEqual([{ TagKey: 'new', TagValue: '2' }]);
  await kms().send(new UpdateKeyDescriptionCommand({ KeyId, Description: '' }));
  await kms().send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: KeyId }));
  const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: 'alias/a' }));
  expect(KeyMetadata).toMatchObject({ KeyId, Description: '' });
  await kms().send(new DeleteAliasCommand({ AliasName: 'alias/a' }));
  expect((await refusalOf(kms().send(new DescribeKeyCommand({ KeyId: 'alias/a' }))))?.code).toBe(
    'NotFoundException',
  );
  const initial = await kms().send(new GetKeyPolicyCommand({ KeyId }));
  expect(initial.PolicyName).toBe('default');
  expect(JSON.parse(initial.Policy ?? '').Statement[0].Principal.AWS).toBe('arn:aws:iam::111122223333:root');
  await kms().send(new PutKeyPolicyCommand({ KeyId, Policy: '{"Version":"2012-10-17","Statement":[]}' }));
  expect((await kms().send(new GetKeyPolicyCommand({ KeyId }))).Policy).toContain('"Statement":[]');
});

it('an AWS managed key can be read and not changed', async () => {
  const { kms, keyId } = await sandboxWithKey({ keyManager: 'AWS', aliases: ['alias/aws/s3'] });
  const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: 'alias/aws/s3' }));
  expect(KeyMetadata?.KeyManager).toBe('AWS');
  for (const call of [
    kms().send(new DisableKeyCommand({ KeyId: keyId })),
    kms().send(new EnableKeyRotationCommand({ KeyId: keyId })),
    kms().send(new ScheduleKeyDeletionCommand({ KeyId: keyId })),
  ]) {
    expect((await refusalOf(call))?.code).toBe('AccessDeniedException');
  }
});

it.each([
  ['a Region that has the key already', 'eu-west-1', 'AlreadyExistsException'],
  ['a Region that is not enabled', 'af-south-1', 'UnsupportedOperationException'],
])('a key is not replicated to %s', async (_title, ReplicaRegion, code) => {
  const { kms, keyId } = await sandboxWithKey({ replicaRegions: ['eu-west-1'] });
  const refusal = await refusalOf(kms().send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion })));
  expect(refusal?.code).toBe(code);
});
