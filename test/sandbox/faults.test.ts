import {
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/index.ts';
import { rawKms, refusalOf, sandboxWithKey } from './clients.ts';

const withFaults = (...faults: FaultRule[]) => sandboxWithKey({}, { faults });
const enable = (KeyId: string) => new EnableKeyRotationCommand({ KeyId });

describe('a fault before the call acts', () => {
  it.each([
    [{ kind: 'throttle' }, 'ThrottlingException', 400],
    [{ kind: 'status', status: 500 }, 'KMSInternalException', 500],
    [{ kind: 'status', status: 503, code: 'DependencyTimeoutException' }, 'DependencyTimeoutException', 503],
    [{ kind: 'error', code: 'FutureException', status: 418, message: 'new' }, 'FutureException', 418],
    [{ kind: 'error', code: 'NotFoundException' }, 'NotFoundException', 400],
  ] satisfies [FaultRule, string, number][])('%j changes nothing', async (fault, code, status) => {
    const { kms, sandbox, keyId } = await withFaults(fault);
    expect(await refusalOf(kms().send(enable(keyId)))).toMatchObject({ code, status });
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(false);
    expect(sandbox.log[0]).toMatchObject({ acted: false, status, code });
  });

  it('reset: the connection is gone without an answer', async () => {
    const { kms, sandbox, keyId } = await withFaults({ kind: 'reset' });
    await expect(kms().send(enable(keyId))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(sandbox.log[0]).toMatchObject({ acted: false, status: 0 });
    expect(sandbox.counts.operations['EnableKeyRotation']?.codes).toEqual({ none: 1 });
  });

  it('hang with ms: the call acts only when the time is over', async () => {
    const { kms, sandbox, keyId } = await withFaults({ kind: 'hang', ms: 300 });
    const call = kms().send(enable(keyId));
    await expect.poll(() => sandbox.log.length).toBe(1);
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(false);
    await call;
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(true);
  });
});

describe('a fault after the call acted', () => {
  it.each([
    { kind: 'reset', when: 'after' },
    { kind: 'throttle', when: 'after' },
    { kind: 'status', status: 502, body: 'html', when: 'after' },
    { kind: 'error', code: 'DependencyTimeoutException', status: 500, when: 'after' },
  ] satisfies FaultRule[])('%j leaves the change made', async (fault) => {
    const { kms, sandbox, keyId } = await withFaults(fault);
    await expect(kms().send(enable(keyId))).rejects.toThrow();
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(true);
    expect(sandbox.log[0]?.acted).toBe(true);
  });

  it('hang without ms: no answer ever comes', async () => {
    const { kms, sandbox, keyId } = await withFaults({ kind: 'hang', when: 'after' });
    const abort = AbortSignal.timeout(300);
    await expect(kms().send(enable(keyId), { abortSignal: abort })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(true);
    await expect.poll(() => sandbox.log[0]?.endedAt).toBeTypeOf('number');
  });

  it('truncated: half of the JSON arrives in a complete HTTP answer', async () => {
    const { sandbox, keyId } = await withFaults({ kind: 'truncated', when: 'after' });
    const { status, text } = await rawKms(sandbox.url, 'DescribeKey', { KeyId: keyId });
    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

describe('a fault that rewrites the answer', () => {
  it('merges deeply: a KeySpec of tomorrow', async () => {
    const { kms, keyId } = await withFaults({
      kind: 'answer',
      operation: 'DescribeKey',
      merge: { KeyMetadata: { KeySpec: 'LATTICE_1' } },
    });
    const { KeyMetadata } = await kms().send(new DescribeKeyCommand({ KeyId: keyId }));
    expect(KeyMetadata).toMatchObject({ KeySpec: 'LATTICE_1', KeyId: keyId });
  });

  it('removes and replaces', async () => {
    const { sandbox, keyId } = await withFaults(
      { kind: 'answer', operation: 'DescribeKey', remove: ['KeyMetadata.KeyState'] },
      { kind: 'answer', operation: 'ListKeys', replace: ['not', 'an', 'object'] },
    );
    const described = await rawKms(sandbox.url, 'DescribeKey', { KeyId: keyId });
    expect(JSON.parse(described.text).KeyMetadata).not.toHaveProperty('KeyState');
    const listed = await rawKms(sandbox.url, 'ListKeys', {});
    expect(JSON.parse(listed.text)).toEqual(['not', 'an', 'object']);
  });
});

describe('which calls a fault strikes', () => {
  const codes = async (fault: FaultRule, calls: number) => {
    const { kms } = await withFaults(fault);
    const list = () => refusalOf(kms().send(new ListKeysCommand({})));
    const found: (string | undefined)[] = [];
    for (let n = 0; n < calls; n++) found.push((await list())?.code);
    return found.map((code) => code === 'ThrottlingException');
  };

  it('skip lets the first matches pass and times limits how many it strikes', async () => {
    expect(await codes({ kind: 'throttle', skip: 1, times: 2 }, 4)).toEqual([false, true, true, false]);
  });

  it('probability strikes some, the same ones for the same seed', async () => {
    const first = await codes({ kind: 'throttle', probability: 0.5 }, 20);
    expect(new Set(first).size).toBe(2);
    expect(await codes({ kind: 'throttle', probability: 0.5 }, 20)).toEqual(first);
  });

  it('afterMs: it begins some time after it was set', async () => {
    const { kms } = await withFaults({ kind: 'throttle', afterMs: 300 });
    const list = async () => (await refusalOf(kms().send(new ListKeysCommand({}))))?.code;
    expect(await list()).toBeUndefined();
    await expect.poll(list).toBe('ThrottlingException');
  });

  it('operation, Region and key narrow it, the key by id or ARN', async () => {
    const { kms, sandbox, keyId, arn } = await sandboxWithKey({ replicaRegions: ['eu-west-1'] });
    const status = async (region: string) =>
      (await refusalOf(kms(region).send(new GetKeyRotationStatusCommand({ KeyId: keyId }))))?.code;
    const strike = (match: Partial<FaultRule>) => {
      const fault: FaultRule = { kind: 'throttle', ...(match as object) };
      sandbox.configure({ faults: [fault] });
    };
    strike({ key: keyId });
    expect([await status('eu-central-1'), await status('eu-west-1')]).toEqual(
      Array(2).fill('ThrottlingException'),
    );
    strike({ key: arn });
    expect([await status('eu-central-1'), await status('eu-west-1')]).toEqual([
      'ThrottlingException',
      undefined,
    ]);
    strike({ key: keyId, region: 'eu-west-1' });
    expect([await status('eu-central-1'), await status('eu-west-1')]).toEqual([
      undefined,
      'ThrottlingException',
    ]);
    strike({ operation: 'ListKeys' });
    expect(await status('eu-west-1')).toBeUndefined();
  });
});
