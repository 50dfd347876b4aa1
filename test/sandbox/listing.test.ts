import {
  CreateKeyCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  paginateListAliases,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { REGION, refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

const generated = (keys: number, more: SandboxSettings = {}) =>
  sandboxWith({ world: { generate: { keys, regions: [REGION] } }, ...more });

describe('ListKeys', () => {
  it('gives 100 keys by default and says that more follow', async () => {
    const { kms } = await generated(101);
    const first = await kms().send(new ListKeysCommand({}));
    expect(first).toMatchObject({ Truncated: true, NextMarker: expect.any(String) });
    expect(first.Keys).toHaveLength(100);
    const last = await kms().send(new ListKeysCommand({ Marker: first.NextMarker }));
    expect(last.Keys).toHaveLength(1);
    expect(last).not.toHaveProperty('NextMarker');
    expect(last.Truncated).toBe(false);
  });

  it('gives every key exactly once over pages of any size', async () => {
    const { kms, sandbox } = await generated(257);
    const arns: (string | undefined)[] = [];
    for await (const page of paginateListKeys({ client: kms(), pageSize: 10 }, {})) {
      arns.push(...(page.Keys ?? []).map((key) => key.KeyArn));
    }
    expect(arns.toSorted()).toEqual(
      sandbox
        .keys()
        .map((key) => key.arn)
        .toSorted(),
    );
  });

  it('gives every key exactly once over short and empty pages', async () => {
    const { kms } = await generated(60, { pages: { short: true, caps: { ListKeys: 3 } } });
    const sizes: number[] = [];
    for await (const page of paginateListKeys({ client: kms() }, {})) sizes.push(page.Keys?.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
    expect(sizes.slice(0, -1)).toContain(0);
    expect(Math.max(...sizes)).toBe(3);
  });

  it.each([0, 1001])('refuses a Limit of %i', async (Limit) => {
    const { kms } = await generated(1);
    expect((await refusalOf(kms().send(new ListKeysCommand({ Limit }))))?.code).toBe('ValidationException');
  });

  it('refuses a marker that it did not give for this listing', async () => {
    const { kms } = await generated(120);
    const keys = await kms().send(new ListKeysCommand({}));
    for (const listing of [
      kms().send(new ListKeysCommand({ Marker: 'made-up' })),
      kms().send(new ListAliasesCommand({ Marker: keys.NextMarker })),
      kms('eu-west-1').send(new ListKeysCommand({ Marker: keys.NextMarker })),
    ]) {
      expect((await refusalOf(listing))?.code).toBe('InvalidMarkerException');
    }
  });

  it('shows a new key late, while DescribeKey knows it at once', async () => {
    const { kms, sandbox } = await sandboxWith({ consistency: { listMs: 60_000 } });
    const { KeyMetadata } = await kms().send(new CreateKeyCommand({}));
    const listed = async () => (await kms().send(new ListKeysCommand({}))).Keys?.length;
    expect(await listed()).toBe(0);
    await kms().send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    sandbox.configure({ clockOffsetMs: 60_000 });
    expect(await listed()).toBe(1);
    expect(sandbox.log[0]?.keyArn).toBe(KeyMetadata?.Arn);
  });
});

describe('ListAliases', () => {
  it('gives 50 by default and at most 100', async () => {
    const { kms } = await generated(130);
    const first = await kms().send(new ListAliasesCommand({}));
    expect(first.Aliases).toHaveLength(50);
    const tooMany = kms().send(new ListAliasesCommand({ Limit: 101 }));
    expect((await refusalOf(tooMany))?.code).toBe('ValidationException');
    let all = 0;
    for await (const page of paginateListAliases({ client: kms() }, {})) all += page.Aliases?.length ?? 0;
    expect(all).toBe(130);
  });

  it('can be limited to a key, and lists reserved aliases without a target', async () => {
    const { kms, keyId } = await sandboxWithKey(
      { aliases: ['alias/a', 'alias/b'] },
      { aliases: [{ region: REGION, name: 'alias/aws/s3' }] },
    );
    const names = async (KeyId?: string) =>
      (await kms().send(new ListAliasesCommand({ KeyId }))).Aliases?.map((alias) => alias.AliasName);
    expect(await names(keyId)).toEqual(['alias/a', 'alias/b']);
    expect(await names()).toEqual(['alias/a', 'alias/b', 'alias/aws/s3']);
    const all = await kms().send(new ListAliasesCommand({}));
    expect(all.Aliases?.at(-1)).not.toHaveProperty('TargetKeyId');
  });
});

describe('ListResourceTags', () => {
  it('gives at most 50 a page', async () => {
    const tags = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`tag-${n}`, `${n}`]));
    const { kms, keyId } = await sandboxWithKey({ tags });
    const first = await kms().send(new ListResourceTagsCommand({ KeyId: keyId }));
    expect(first.Tags).toHaveLength(50);
    const rest = await kms().send(new ListResourceTagsCommand({ KeyId: keyId, Marker: first.NextMarker }));
    expect(rest.Tags).toHaveLength(10);
    const tooMany = kms().send(new ListResourceTagsCommand({ KeyId: keyId, Limit: 51 }));
    expect((await refusalOf(tooMany))?.code).toBe('ValidationException');
  });
});

it('DescribeKey accepts a key id, a key ARN, an alias name and an alias ARN', async () => {
  const { kms, keyId, arn } = await sandboxWithKey({ aliases: ['alias/orders'] });
  const aliasArn = arn.replace(/key\/.*/, 'alias/orders');
  for (const KeyId of [keyId, arn, 'alias/orders', aliasArn]) {
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata?.Arn).toBe(arn);
  }
});
