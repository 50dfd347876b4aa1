import {
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { refusalOf, sandboxWith, sandboxWithKey } from './clients.ts';

describe('quotas', () => {
  it('published: EnableKeyRotation has 15 a second in each Region, and a refused call does not act', async () => {
    const { kms, sandbox, keyId } = await sandboxWithKey(
      { replicaRegions: ['eu-west-1'] },
      { quotas: 'published' },
    );
    const enable = () => refusalOf(kms().send(new EnableKeyRotationCommand({ KeyId: keyId })));
    const refusals = await Promise.all(Array.from({ length: 40 }, enable));
    const throttled = refusals.filter((refusal) => refusal?.code === 'ThrottlingException');
    expect(throttled[0]).toMatchObject({ status: 400 });
    expect(40 - throttled.length).toBeGreaterThanOrEqual(15);
    expect(40 - throttled.length).toBeLessThanOrEqual(30);
    const { acted, codes, peakPerSecond } = sandbox.counts.operations['EnableKeyRotation'] ?? {};
    expect(acted).toBe(40 - throttled.length);
    expect(codes).toEqual({ OK: acted, ThrottlingException: throttled.length });
    expect(peakPerSecond).toBe(40);
    const elsewhere = kms('eu-west-1').send(new EnableKeyRotationCommand({ KeyId: keyId }));
    expect((await refusalOf(elsewhere))?.code).toBe('UnsupportedOperationException');
    expect(await refusalOf(kms().send(new DescribeKeyCommand({ KeyId: keyId })))).toBeUndefined();
  });

  it('by operation: a bucket fills again with time', async () => {
    const { kms } = await sandboxWith({ quotas: { ListKeys: 4 } });
    const list = async () => (await refusalOf(kms().send(new ListKeysCommand({}))))?.code;
    const first = await Promise.all(Array.from({ length: 30 }, list));
    expect(first).toContain('ThrottlingException');
    await expect.poll(list).toBeUndefined();
  });
});

describe('deny', () => {
  it('refuses in AWS’s words, naming the resource policy for a rule about one key', async () => {
    const { kms, sandbox, keyId, arn } = await sandboxWithKey();
    sandbox.configure({ deny: [{ operation: 'GetKeyRotationStatus', key: keyId }] });
    const refusal = await refusalOf(kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId })));
    expect(refusal).toEqual({
      code: 'AccessDeniedException',
      status: 400,
      message: `User: arn:aws:iam::111122223333:user/keyturn is not authorized to perform: kms:GetKeyRotationStatus on resource: ${arn} because no resource-based policy allows the kms:GetKeyRotationStatus action`,
    });
    expect(await refusalOf(kms().send(new DescribeKeyCommand({ KeyId: keyId })))).toBeUndefined();
  });

  it('refuses a whole Region, with a message of the test’s own', async () => {
    const { kms } = await sandboxWith({
      deny: [{ region: 'eu-west-1', message: 'explicit deny in an SCP' }],
    });
    const list = (region: string) => refusalOf(kms(region).send(new ListKeysCommand({})));
    expect(await list('eu-west-1')).toMatchObject({ message: 'explicit deny in an SCP' });
    expect(await list('eu-central-1')).toBeUndefined();
  });
});

it('emptyMessages: errors keep their code and lose their message', async () => {
  const { kms, keyId } = await sandboxWithKey({ keyState: 'Disabled' }, { emptyMessages: true });
  const refusal = await refusalOf(kms().send(new EnableKeyRotationCommand({ KeyId: keyId })));
  expect(refusal).toMatchObject({ code: 'DisabledException', message: 'UnknownError' });
});

it('latency: an operation takes its own time, the others the default', async () => {
  const { kms, sandbox, keyId } = await sandboxWithKey(
    {},
    { latency: { ms: 5, operations: { DescribeKey: 60 } } },
  );
  await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
  await kms().send(new ListKeysCommand({}));
  const [describeKey = 0, listKeys = 0] = sandbox.log.map(
    ({ startedAt, endedAt = 0 }) => endedAt - startedAt,
  );
  expect(describeKey).toBeGreaterThan(55);
  expect(listKeys).toBeGreaterThan(4);
  expect(listKeys).toBeLessThan(describeKey);
});

it('latency: a call acts on arrival, before its answer is due', async () => {
  const { kms, sandbox, keyId } = await sandboxWithKey({}, { latency: 300 });
  const call = kms().send(new EnableKeyRotationCommand({ KeyId: keyId }));
  await expect.poll(() => sandbox.keys()[0]?.rotation.enabled).toBe(true);
  expect(sandbox.log[0]).not.toHaveProperty('endedAt');
  await call;
});

it('clockOffsetMs moves the Date header and the dates', async () => {
  const { kms, sandbox, keyId } = await sandboxWithKey({}, { clockOffsetMs: 86_400_000 });
  const response = await fetch(sandbox.url, { method: 'POST' });
  expect(Date.parse(response.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(86_000_000);
  await kms().send(new EnableKeyRotationCommand({ KeyId: keyId, RotationPeriodInDays: 90 }));
  const { NextRotationDate } = await kms().send(new GetKeyRotationStatusCommand({ KeyId: keyId }));
  expect((NextRotationDate?.getTime() ?? 0) - Date.now()).toBeGreaterThan(90.9 * 86_400_000);
});
