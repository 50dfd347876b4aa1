import { GetKeyRotationStatusCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { REGION, refusalOf, sandboxWith } from './clients.ts';
import {
  accountWith,
  assume,
  MANAGEMENT,
  MEMBER,
  OTHER,
  ROLE,
  roleArn,
  userOf,
} from './organization-clients.ts';

const role = { name: ROLE };
const withRole = (fields: object = {}, more: SandboxSettings = {}) =>
  sandboxWith({
    ...more,
    organization: {
      accounts: [
        { id: MEMBER, roles: [{ ...role, ...fields }] },
        { id: OTHER, roles: [role] },
      ],
    },
  });
const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

describe('AssumeRole', () => {
  it('gives credentials whose calls land in the account of the role', async () => {
    const clients = await withRole({}, { keys: [{ account: MEMBER, region: REGION, keyId: 'k1' }] });
    const keys = await assume(clients);
    expect(keys.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(await clients.sts(keys).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: MEMBER,
      Arn: `arn:aws:sts::${MEMBER}:assumed-role/${ROLE}/rollout-1`,
      UserId: expect.stringMatching(/^AROA[0-9A-F]{17}:rollout-1$/),
    });
    const list = async (as?: typeof keys) =>
      (await clients.kms(REGION, as).send(new ListKeysCommand({}))).Keys?.map((key) => key.KeyArn);
    expect(await list(keys)).toEqual([`arn:aws:kms:${REGION}:${MEMBER}:key/k1`]);
    expect(await list()).toEqual([]);
    const { sandbox } = clients;
    expect(sandbox.log.find((call) => call.operation === 'AssumeRole')).toMatchObject({
      account: MANAGEMENT,
      roleArn: roleArn(MEMBER),
    });
    const [listed] = sandbox.log.filter((call) => call.operation === 'ListKeys');
    expect(listed).toMatchObject({ account: MEMBER, sessionName: 'rollout-1' });
    expect(listed?.callerArn).toMatch(/assumed-role/);
    expect(JSON.stringify(sandbox.log)).not.toContain(keys.accessKeyId);
  });

  it('keeps the zeros that an account id begins with', async () => {
    const clients = await withRole();
    const keys = await assume(clients, OTHER);
    expect(await clients.sts(keys).send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: OTHER });
  });

  it.each([
    ['a role that nobody made', { RoleArn: roleArn(MEMBER, 'Nobody') }],
    ['an account that nobody has', { RoleArn: roleArn('999999999999') }],
    ['another partition', { RoleArn: roleArn(MEMBER).replace('arn:aws:', 'arn:aws-cn:') }],
    ['a source identity that the role does not allow', { SourceIdentity: 'alice' }],
  ])('refuses %s as not authorized', async (_title, input) => {
    await expect(assume(await withRole(), MEMBER, input)).rejects.toMatchObject(denied);
  });

  it('says so in AWS’s words', async () => {
    await expect(assume(await withRole(), '999999999999')).rejects.toMatchObject({
      message: `User: arn:aws:iam::${MANAGEMENT}:user/keyturn is not authorized to perform: sts:AssumeRole on resource: ${roleArn('999999999999')}`,
    });
  });

  it('asks for the external id of the role', async () => {
    const clients = await withRole({ externalId: 'orange' });
    await expect(assume(clients)).rejects.toMatchObject(denied);
    await expect(assume(clients, MEMBER, { ExternalId: 'apple' })).rejects.toMatchObject(denied);
    await expect(assume(clients, MEMBER, { ExternalId: 'orange' })).resolves.toBeDefined();
  });

  it('lets in only whom the role trusts', async () => {
    const clients = await withRole({ trusts: [OTHER] });
    await expect(assume(clients)).rejects.toMatchObject(denied);
    await expect(assume(clients, MEMBER, {}, userOf(OTHER))).resolves.toBeDefined();
  });

  it('sets a source identity where the role allows it', async () => {
    const clients = await withRole({ sourceIdentityAllowed: true });
    await expect(assume(clients, MEMBER, { SourceIdentity: 'alice' })).resolves.toBeDefined();
  });

  it('keeps a suspended account shut', async () => {
    const clients = await sandboxWith({
      organization: { accounts: [{ id: MEMBER, state: 'SUSPENDED', roles: [role] }] },
    });
    await expect(assume(clients)).rejects.toMatchObject(denied);
  });

  it.each([
    [{ DurationSeconds: 899 }, 'durationSeconds'],
    [{ DurationSeconds: 43_201 }, 'durationSeconds'],
    [{ DurationSeconds: 7200 }, 'MaxSessionDuration'],
    [{ RoleSessionName: 'two words' }, 'roleSessionName'],
    [{ RoleSessionName: 'x' }, 'roleSessionName'],
    [{ RoleArn: 'arn:aws:s3:::bucket-of-mine' }, 'is invalid'],
    [{ Policy: '{' }, 'Json'],
  ])('refuses %j as wrong', async (input, said) => {
    await expect(assume(await withRole(), MEMBER, input)).rejects.toMatchObject({
      name: expect.stringMatching(/^(ValidationError|MalformedPolicyDocument)/),
      message: expect.stringContaining(said),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('lasts as long as the role allows, an hour at most when roles are chained', async () => {
    const long = { ...role, maxSessionSeconds: 43_200 };
    const clients = await sandboxWith({
      organization: {
        accounts: [
          { id: MEMBER, roles: [long] },
          { id: OTHER, roles: [{ ...long, trusts: [MEMBER] }] },
        ],
      },
    });
    const first = await assume(clients, MEMBER, { DurationSeconds: 43_200 });
    expect((first.expiration.getTime() - Date.now()) / 3_600_000).toBeCloseTo(12, 1);
    const chained = (DurationSeconds: number) => assume(clients, OTHER, { DurationSeconds }, first);
    await expect(chained(3601)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(chained(3600)).resolves.toBeDefined();
  });
});

it.each([
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('the partition %s follows from the Region', async (partition, region) => {
  const { sandbox, sts, kms } = await sandboxWith({
    regions: { [region]: 'ENABLED_BY_DEFAULT' },
    organization: { generate: { accounts: 1, keysPerPlace: 1, regions: [region], roles: [role] } },
  });
  const member = accountWith(sandbox, () => true);
  const client = sts();
  client.config.region = async () => region;
  const { Credentials, AssumedRoleUser } = await client.send(
    new AssumeRoleCommand({ RoleArn: `arn:${partition}:iam::${member}:role/${ROLE}`, RoleSessionName: 'cn' }),
  );
  expect(AssumedRoleUser?.Arn).toBe(`arn:${partition}:sts::${member}:assumed-role/${ROLE}/cn`);
  const keys = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const { Keys } = await kms(region, keys).send(new ListKeysCommand({}));
  expect(Keys?.[0]?.KeyArn).toMatch(`arn:${partition}:kms:${region}:${member}:key/`);
});

describe('the credentials of a session', () => {
  it('expire by AWS’s clock, in the words of each service', async () => {
    const clients = await withRole({}, { sts: { sessionSeconds: 60 } });
    const keys = await assume(clients);
    expect((keys.expiration.getTime() - Date.now()) / 1000).toBeLessThanOrEqual(60);
    const list = () => refusalOf(clients.kms(REGION, keys).send(new ListKeysCommand({})));
    expect(await list()).toBeUndefined();
    clients.sandbox.configure({ clockOffsetMs: 61_000 });
    expect(await list()).toMatchObject({ code: 'ExpiredTokenException', status: 400 });
    await expect(clients.sts(keys).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'ExpiredToken',
    });
  });

  it('are worth nothing without their token, or with that of another session', async () => {
    const clients = await withRole();
    const keys = await assume(clients);
    const other = await assume(clients, OTHER);
    const { sessionToken: _, ...bare } = keys;
    for (const wrong of [
      bare,
      { ...keys, sessionToken: other.sessionToken ?? '' },
      { ...keys, sessionToken: 'x' },
    ]) {
      const list = clients.kms(REGION, wrong).send(new ListKeysCommand({}));
      expect(await refusalOf(list)).toMatchObject({ code: 'UnrecognizedClientException' });
      const identity = clients.sts(wrong).send(new GetCallerIdentityCommand({}));
      await expect(identity).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    }
  });

  it('reach no key of another account', async () => {
    const clients = await withRole({}, { keys: [{ account: OTHER, region: REGION }] });
    const [key] = clients.sandbox.keys({ account: OTHER });
    const keys = await assume(clients);
    const read = clients.kms(REGION, keys).send(new GetKeyRotationStatusCommand({ KeyId: key?.arn }));
    expect((await refusalOf(read))?.code).toBe('NotFoundException');
  });
});

describe('conditions of an account', () => {
  it('deny and faults strike the account that a call is about', async () => {
    const clients = await withRole();
    const keys = await assume(clients);
    const others = await assume(clients, OTHER);
    const list = async (as: typeof keys) =>
      (await refusalOf(clients.kms(REGION, as).send(new ListKeysCommand({}))))?.code;
    clients.sandbox.configure({
      deny: [{ account: MEMBER }],
      faults: [{ kind: 'throttle', account: OTHER }],
    });
    expect(await list(keys)).toBe('AccessDeniedException');
    expect(await list(others)).toBe('ThrottlingException');
    await expect(assume(clients)).rejects.toMatchObject({
      message: `User: arn:aws:iam::${MANAGEMENT}:user/keyturn is not authorized to perform: sts:AssumeRole on resource: ${roleArn(MEMBER)} because no identity-based policy allows the sts:AssumeRole action`,
    });
    await expect(assume(clients, OTHER)).rejects.toMatchObject({ name: 'Throttling' });
  });

  it('a denied Region is refused by a service control policy', async () => {
    const clients = await sandboxWith({
      organization: { accounts: [{ id: MEMBER, roles: [role], deniedRegions: ['us-east-1'] }] },
    });
    const keys = await assume(clients);
    const list = (region: string) => refusalOf(clients.kms(region, keys).send(new ListKeysCommand({})));
    expect(await list(REGION)).toBeUndefined();
    expect(await list('us-east-1')).toMatchObject({
      code: 'AccessDeniedException',
      message: `User: arn:aws:sts::${MEMBER}:assumed-role/${ROLE}/rollout-1 is not authorized to perform: kms:ListKeys on resource: * with an explicit deny in a service control policy`,
    });
  });

  it('a Region may be off in one account and on in another', async () => {
    const clients = await sandboxWith({
      organization: { accounts: [{ id: MEMBER, roles: [role], regions: { [REGION]: 'DISABLED' } }] },
    });
    const keys = await assume(clients, MEMBER, {}, undefined);
    const list = (as?: typeof keys) => refusalOf(clients.kms(REGION, as).send(new ListKeysCommand({})));
    expect((await list(keys))?.code).toBe('UnrecognizedClientException');
    expect(await list()).toBeUndefined();
  });

  it('quotas are counted for each account, those of AssumeRole for the caller', async () => {
    const clients = await withRole({}, { quotas: { ListKeys: 3, AssumeRole: 2 } });
    const keys = await assume(clients);
    const others = await assume(clients, OTHER);
    await expect(assume(clients)).rejects.toMatchObject({ name: 'Throttling' });
    await expect(assume(clients, MEMBER, {}, userOf(OTHER))).rejects.toMatchObject({ name: 'AccessDenied' });
    const list = (as: typeof keys) => refusalOf(clients.kms(REGION, as).send(new ListKeysCommand({})));
    const refusals = await Promise.all([keys, keys, keys, others, others, others].map(list));
    expect(refusals).toEqual(Array(6).fill(undefined));
    expect(clients.sandbox.peaks({ operation: 'ListKeys' })).toEqual(
      [MEMBER, OTHER].map((account) => ({
        account,
        region: REGION,
        operation: 'ListKeys',
        calls: 3,
        throttled: 0,
        peakPerSecond: 3,
      })),
    );
    expect(clients.sandbox.peaks({ account: MANAGEMENT, operation: 'AssumeRole' })).toMatchObject([
      { calls: 3, throttled: 1 },
    ]);
  });

  it('a role that is taken away while it runs takes no key along', async () => {
    const clients = await sandboxWith({
      organization: { generate: { accounts: 3, keysPerPlace: 4, regions: [REGION], roles: [role] } },
    });
    const member = accountWith(clients.sandbox, () => true);
    const keys = await assume(clients, member);
    await clients.kms(REGION, keys).send(new ListKeysCommand({}));
    const before = clients.sandbox.keys();
    clients.sandbox.configure({
      organization: { generate: { accounts: 3, keysPerPlace: 4, regions: [REGION], roles: [] } },
    });
    await expect(assume(clients, member)).rejects.toMatchObject(denied);
    expect(clients.sandbox.keys()).toEqual(before);
    expect(before).toHaveLength(4);
  });
});
