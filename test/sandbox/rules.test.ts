import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  ListKeysCommand,
  RotateKeyOnDemandCommand,
  TagResourceCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { FaultRule, KeySettings } from '../../sandbox/index.ts';
import { REGION, rawKms, refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

const tags = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ TagKey: `t${from + index}`, TagValue: '' }));

describe('tags, as AWS was recorded to refuse them', () => {
  it.each([
    ['twice', [...tags(1), ...tags(1)], 'TagException', 'Duplicate tag keys'],
    ['too many', tags(51), 'TagException', 'Too many tags'],
    [
      'reserved',
      [{ TagKey: 'aWs:x', TagValue: '' }],
      'TagException',
      'Tags beginning with aws: are reserved',
    ],
    [
      'a long key',
      [{ TagKey: 'k'.repeat(129), TagValue: '' }],
      'ValidationException',
      'tags.1.member.tagKey',
    ],
    ['a long value', [{ TagKey: 'k', TagValue: 'v'.repeat(257) }], 'ValidationException', '256'],
  ])('%s', async (_, Tags, code, message) => {
    const { kms, keyId } = await sandboxWithKey();
    for (const call of [
      kms().send(new TagResourceCommand({ KeyId: keyId, Tags })),
      kms().send(new CreateKeyCommand({ Tags })),
    ]) {
      expect(await refusalOf(call)).toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  it('50 are allowed, and those that a key has count', async () => {
    const { kms, keyId } = await sandboxWithKey();
    const add = (Tags: ReturnType<typeof tags>) =>
      refusalOf(kms().send(new TagResourceCommand({ KeyId: keyId, Tags })));
    expect(await add(tags(50))).toBeUndefined();
    expect(await add(tags(1, 50))).toMatchObject({ code: 'TagException' });
    expect(await add(tags(50))).toBeUndefined();
  });
});

describe('names of aliases', () => {
  it.each(['alias/a b', 'alias/ü', 'alias/'])('%s is refused', async (AliasName) => {
    const { kms, keyId } = await sandboxWithKey();
    const call = kms().send(new CreateAliasCommand({ AliasName, TargetKeyId: keyId }));
    expect(await refusalOf(call)).toMatchObject({ code: 'ValidationException' });
  });

  it('an alias is no target of another', async () => {
    const { kms } = await sandboxWithKey({ aliases: ['alias/a'] });
    const call = kms().send(new CreateAliasCommand({ AliasName: 'alias/b', TargetKeyId: 'alias/a' }));
    expect(await refusalOf(call)).toMatchObject({ code: 'ValidationException' });
  });
});

it('RotateKeyOnDemand names the state of a disabled RSA key, not its type', async () => {
  const key: Partial<KeySettings> = { keySpec: 'RSA_4096', keyState: 'Disabled' };
  const { kms, keyId } = await sandboxWithKey(key);
  const refusal = await refusalOf(kms().send(new RotateKeyOnDemandCommand({ KeyId: keyId })));
  expect(refusal).toMatchObject({ code: 'DisabledException' });
});

it('a throttle is worded as KMS words it', async () => {
  const { kms, keyId } = await sandboxWithKey({}, { faults: [{ kind: 'throttle' }] });
  const refusal = await refusalOf(kms().send(new DescribeKeyCommand({ KeyId: keyId })));
  expect(refusal?.message).toContain('You have exceeded the rate at which you may call KMS.');
});

it('a new key may be listed and not be found yet', async () => {
  const { kms } = await sandboxWith({ consistency: { foundMs: 60_000 } });
  const { KeyMetadata } = await kms().send(new CreateKeyCommand({}));
  const { Keys } = await kms().send(new ListKeysCommand({}));
  expect(Keys).toHaveLength(1);
  const refusal = await refusalOf(kms().send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId })));
  expect(refusal).toMatchObject({ code: 'NotFoundException' });
});

describe('a gateway', () => {
  it.each([
    [{ body: 'empty' }, ''],
    [{ body: 'object' }, '{}'],
    [{}, '{"message":"Service is up"}'],
    [{ text: '{"Keys":[]}' }, '{"Keys":[]}'],
  ] satisfies [Partial<FaultRule>, string][])(
    'answers %j with 200 and without a request id',
    async (gateway, text) => {
      const { sandbox } = await sandboxWith({ faults: [{ kind: 'gateway', ...gateway }] });
      const wire = await rawKms(sandbox.url, 'ListKeys', {});
      expect(wire).toMatchObject({ status: 200, text });
      expect(wire.headers.has('x-amzn-requestid')).toBe(false);
    },
  );

  it.each(['before', 'after'] as const)('may stand before AWS or behind it: %s', async (when) => {
    const { kms, sandbox, keyId } = await sandboxWithKey(
      {},
      {
        faults: [{ kind: 'gateway', body: 'empty', when, requestId: true }],
      },
    );
    await kms().send(new EnableKeyRotationCommand({ KeyId: keyId }));
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(when === 'after');
  });

  it('takes only the request id away, or a field of a list', async () => {
    const { sandbox } = await sandboxWith({
      keys: [{ region: REGION }],
      faults: [{ kind: 'answer', requestId: false, remove: ['Keys.0.KeyId'] }],
    });
    const { headers, text } = await rawKms(sandbox.url, 'ListKeys', {});
    expect(headers.has('x-amzn-requestid')).toBe(false);
    expect(Object.keys(JSON.parse(text).Keys[0])).toEqual(['KeyArn']);
  });
});
