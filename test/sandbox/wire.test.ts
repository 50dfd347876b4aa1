import { ListRegionsCommand, paginateListRegions } from '@aws-sdk/client-account';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { REGION, rawKms, refusalOf, sandboxWith, sandboxWithKey, signature } from './clients.ts';

describe('KMS on the wire', () => {
  it('answers JSON 1.1 with a request id that the log knows', async () => {
    const { sandbox, keyId } = await sandboxWithKey();
    const { status, headers } = await rawKms(sandbox.url, 'DescribeKey', { KeyId: keyId });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(headers.get('x-amzn-requestid')).toBe(sandbox.log[0]?.requestId);
    expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers an empty body where AWS has no output', async () => {
    const { sandbox, keyId } = await sandboxWithKey();
    expect(await rawKms(sandbox.url, 'EnableKeyRotation', { KeyId: keyId })).toMatchObject({
      status: 200,
      text: '',
    });
  });

  it.each([
    ['an unsigned request', {}, 'MissingAuthenticationTokenException'],
    ['an expired token', { authorization: signature(REGION, 'EXPIRED1') }, 'ExpiredTokenException'],
    ['a disabled Region', { authorization: signature('af-south-1') }, 'UnrecognizedClientException'],
    ['an unknown Region', { authorization: signature('xx-moon-1') }, 'UnrecognizedClientException'],
  ])('refuses %s', async (_title, headers, code) => {
    const { sandbox } = await sandboxWith();
    const { status, text } = await rawKms(sandbox.url, 'ListKeys', {}, headers);
    expect({ status, code: JSON.parse(text).__type }).toEqual({ status: 400, code });
  });

  it.each([
    ['an unknown operation', 'Encrypt', {}, 'UnknownOperationException'],
    ['a body that is no object', 'ListKeys', [1], 'SerializationException'],
    ['a value of the wrong type', 'DescribeKey', { KeyId: 5 }, 'SerializationException'],
    ['a missing KeyId', 'EnableKeyRotation', {}, 'ValidationException'],
    ['a malformed ARN', 'DescribeKey', { KeyId: 'arn:aws:s3:::bucket' }, 'InvalidArnException'],
    ['a malformed key id', 'DescribeKey', { KeyId: 'orders' }, 'NotFoundException'],
    ['an alias nobody made', 'DescribeKey', { KeyId: 'alias/none' }, 'NotFoundException'],
  ])('refuses %s', async (_title, operation, input, code) => {
    const { sandbox } = await sandboxWith();
    const { status, text } = await rawKms(sandbox.url, operation, input);
    expect({ status, code: JSON.parse(text).__type }).toEqual({ status: 400, code });
  });
});

describe('STS', () => {
  it('tells who the caller is', async () => {
    const { sts } = await sandboxWith({
      account: '999988887777',
      callerArn: 'arn:aws:iam::999988887777:role/a&b',
    });
    const identity = await sts().send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: '999988887777', Arn: 'arn:aws:iam::999988887777:role/a&b' });
  });

  it('refuses an expired token in its own words', async () => {
    const { sts } = await sandboxWith();
    const call = sts('EXPIRED').send(new GetCallerIdentityCommand({}));
    await expect(call).rejects.toMatchObject({ name: 'ExpiredToken', $metadata: { httpStatusCode: 403 } });
  });
});

describe('Account', () => {
  it('lists 34 Regions, 17 of them on by default, over pages', async () => {
    const { account } = await sandboxWith();
    const statuses: (string | undefined)[] = [];
    for await (const page of paginateListRegions({ client: account(), pageSize: 15 }, {})) {
      statuses.push(...(page.Regions ?? []).map((region) => region.RegionOptStatus));
    }
    expect(statuses).toHaveLength(34);
    expect(statuses.filter((status) => status === 'ENABLED_BY_DEFAULT')).toHaveLength(17);
  });

  it('filters by status and follows a change while it runs', async () => {
    const { account, sandbox, kms } = await sandboxWith();
    sandbox.configure({
      regions: { 'us-east-1': 'ENABLED_BY_DEFAULT', 'eu-central-1': 'DISABLED', 'eu-west-1': 'ENABLED' },
    });
    const { Regions } = await account().send(
      new ListRegionsCommand({ RegionOptStatusContains: ['ENABLED'] }),
    );
    expect(Regions).toEqual([{ RegionName: 'eu-west-1', RegionOptStatus: 'ENABLED' }]);
    expect((await refusalOf(kms().send(new ListKeysCommand({}))))?.code).toBe('UnrecognizedClientException');
    expect(await refusalOf(kms('eu-west-1').send(new ListKeysCommand({})))).toBeUndefined();
  });
});

describe('control over HTTP', () => {
  const control = (url: string, method: string, what: string, body?: unknown) =>
    fetch(`${url}/_sandbox/${what}`, { method, body: body === undefined ? null : JSON.stringify(body) });

  it('gives health, keys, log and counts, and forgets the log', async () => {
    const { sandbox, keyId } = await sandboxWithKey();
    await rawKms(sandbox.url, 'DescribeKey', { KeyId: keyId });
    const get = async (what: string) => (await control(sandbox.url, 'GET', what)).json();
    expect(await get('health')).toEqual({ status: 'ok' });
    expect(await get('keys')).toEqual(sandbox.keys());
    expect(await get('log')).toMatchObject([{ operation: 'DescribeKey', status: 200, region: REGION }]);
    expect(await get('counts')).toMatchObject({ calls: 1, operations: { DescribeKey: { calls: 1 } } });
    await control(sandbox.url, 'DELETE', 'log');
    expect(await get('log')).toEqual([]);
    expect((await control(sandbox.url, 'GET', 'secrets')).status).toBe(404);
  });

  it('changes settings, and tells all problems of wrong ones', async () => {
    const { sandbox } = await sandboxWith();
    const good = await control(sandbox.url, 'PATCH', 'settings', { deny: [{ operation: 'ListKeys' }] });
    expect(good.status).toBe(200);
    expect((await rawKms(sandbox.url, 'ListKeys', {})).text).toContain('AccessDeniedException');
    const bad = await control(sandbox.url, 'PATCH', 'settings', { latency: -1, quota: 'off' });
    expect(bad.status).toBe(400);
    expect(await bad.json()).toMatchObject({ problems: [expect.any(String), expect.any(String)] });
    for (const patch of [5, null, []]) {
      expect((await control(sandbox.url, 'PATCH', 'settings', patch)).status).toBe(400);
    }
  });
});

describe('startSandbox', () => {
  it('offers an environment for the SDKs and rejects a port that is taken', async () => {
    const { sandbox } = await sandboxWith();
    expect(sandbox.env).toMatchObject({ AWS_ENDPOINT_URL: sandbox.url, AWS_EC2_METADATA_DISABLED: 'true' });
    await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('keeps counts without a log, or only so many calls', async () => {
    const { sandbox } = await sandboxWith({ log: false });
    for (let n = 0; n < 25; n++) await rawKms(sandbox.url, 'ListKeys', {});
    expect(sandbox.log).toEqual([]);
    expect(sandbox.counts.operations['ListKeys']).toMatchObject({ calls: 25, codes: { OK: 25 } });
    sandbox.configure({ log: 10 });
    for (let n = 0; n < 25; n++) await rawKms(sandbox.url, 'ListKeys', {});
    expect(sandbox.log.length).toBeLessThanOrEqual(11);
    expect(sandbox.log.at(-1)?.seq).toBe(50);
  });
});
