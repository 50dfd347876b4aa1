import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type FaultRule, type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { systemClock } from '../../src/cli/session/clock.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const REGION = 'eu-central-1';
const KEY = { region: REGION, keyId: '11111111-1111-4111-8111-111111111111' };

async function connect(settings: SandboxSettings = {}) {
  const sandbox = await startSandbox(settings);
  onTestFinished(() => sandbox.close());
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const throttled: string[] = [];
  const onThrottled = (operation: string) => throttled.push(operation);
  const aws = connectAws({ version: 'test', clock: systemClock, onThrottled, readFile });
  const [key] = sandbox.keys();
  return {
    sandbox,
    aws,
    throttled,
    kms: aws.place({ account: '111122223333', region: REGION }),
    arn: key?.arn ?? '',
  };
}

describe('KMS in a place', () => {
  it('lists every key through short and empty pages, each once', async () => {
    const { kms, sandbox } = await connect({
      world: { generate: { keys: 1500, regions: [REGION] } },
      pages: { short: true },
    });
    const answer = await kms.listKeys();
    const expected = sandbox.keys().map(({ arn }) => arn);
    expect(answer.ok && answer.value.map(({ keyArn }) => keyArn).sort()).toEqual(expected.sort());
    const aliases = await kms.listAliases();
    expect(aliases.ok).toBe(true);
    const pages = sandbox.log.filter(({ operation }) => operation === 'ListKeys').length;
    expect(pages).toBeGreaterThan(2);
  });

  it('gives what AWS says of a key, dates as ISO text, and the aliases by key', async () => {
    const { kms, arn } = await connect({
      keys: [
        { ...KEY, description: 'd', aliases: ['alias/b', 'alias/a'], tags: { team: 'x' }, rotation: true },
      ],
    });
    expect(await kms.describeKey(arn)).toMatchObject({
      ok: true,
      value: { KeyManager: 'CUSTOMER', CreationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
      requestId: expect.any(String),
    });
    expect(await kms.getKeyRotationStatus(arn)).toMatchObject({
      value: { KeyRotationEnabled: true, RotationPeriodInDays: 365, NextRotationDate: expect.any(String) },
    });
    expect(await kms.listResourceTags(arn)).toMatchObject({ value: { team: 'x' } });
    expect(await kms.getKeyPolicy(arn)).toMatchObject({ value: expect.stringContaining('Statement') });
    const aliases = await kms.listAliases();
    expect(aliases.ok && [...(aliases.value.get(KEY.keyId) ?? [])].sort()).toEqual(['alias/a', 'alias/b']);
  });

  it('tries a read again after a passing fault, and gives up with the last failure', async () => {
    const passing = await connect({
      keys: [KEY],
      faults: [{ kind: 'reset', operation: 'DescribeKey', times: 2 }],
    });
    expect((await passing.kms.describeKey(passing.arn)).ok).toBe(true);
    const lasting = await connect({
      keys: [KEY],
      faults: [{ kind: 'status', status: 500, operation: 'DescribeKey' }],
    });
    const answer = await lasting.kms.describeKey(lasting.arn);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'server', attempts: 4 } });
  });

  it.each([
    ['half a body', { kind: 'truncated' }],
    ['an HTML page with status 200', { kind: 'answer', replace: '<html>' }],
    ['HTML with status 200', { kind: 'gateway', body: 'html' }],
  ] satisfies [string, FaultRule][])('takes no undocumented answer for a fact: %s', async (_, fault) => {
    const { kms, arn } = await connect({ keys: [KEY], faults: [{ ...fault, operation: 'DescribeKey' }] });
    const answer = await kms.describeKey(arn);
    expect(answer).toMatchObject({ ok: false });
  });

  it('tells of each throttle, of reads that it makes again and of a change that it does not', async () => {
    const faults: FaultRule[] = [
      { kind: 'throttle', operation: 'DescribeKey', times: 2 },
      { kind: 'throttle', operation: 'EnableKeyRotation', times: 2 },
    ];
    const { kms, arn, throttled } = await connect({ keys: [KEY], faults });
    expect((await kms.describeKey(arn)).ok).toBe(true);
    expect((await kms.enableKeyRotation(arn, 365)).ok).toBe(false);
    expect(throttled).toEqual(['DescribeKey', 'DescribeKey', 'EnableKeyRotation']);
  });

  it('tries again for a key that is not found, which may be new', async () => {
    const { kms, arn, sandbox } = await connect({
      keys: [KEY],
      faults: [{ kind: 'error', code: 'NotFoundException', operation: 'DescribeKey', times: 3 }],
    });
    expect((await kms.describeKey(arn)).ok).toBe(true);
    sandbox.configure({ faults: [{ kind: 'error', code: 'NotFoundException' }] });
    expect(await kms.getKeyRotationStatus(arn)).toMatchObject({
      failure: { kind: 'not-found', attempts: 4 },
    });
  });

  it('does not try a refused read again', async () => {
    const { kms, arn, sandbox } = await connect({ keys: [KEY], deny: [{ operation: 'DescribeKey' }] });
    expect(await kms.describeKey(arn)).toMatchObject({
      ok: false,
      failure: { kind: 'access-denied', attempts: 1 },
    });
    expect(sandbox.log).toHaveLength(1);
  });

  it.each([
    ['a reset', { kind: 'reset' }],
    ['a 500', { kind: 'status', status: 500 }],
    ['an HTML 503', { kind: 'status', status: 503, body: 'html' }],
    ['half a body', { kind: 'truncated' }],
  ] as const)('makes a change once and is not certain of it after %s', async (_, fault) => {
    const { kms, arn, sandbox } = await connect({
      keys: [KEY],
      faults: [{ operation: 'EnableKeyRotation', when: 'after', ...fault }],
    });
    expect(await kms.enableKeyRotation(arn, 180)).toMatchObject({ ok: false, certain: false });
    expect(sandbox.log.filter(({ operation }) => operation === 'EnableKeyRotation')).toHaveLength(1);
    expect(sandbox.keys()[0]?.rotation).toMatchObject({ enabled: true });
  });

  it('is certain that a refused or throttled change was not made', async () => {
    for (const fault of [
      { kind: 'throttle' },
      { kind: 'error', code: 'KMSInvalidStateException' },
    ] as const) {
      const { kms, arn } = await connect({
        keys: [KEY],
        faults: [{ operation: 'EnableKeyRotation', ...fault }],
      });
      expect(await kms.enableKeyRotation(arn, 180)).toMatchObject({ ok: false, certain: true });
    }
  });

  it('stays below the published quotas by itself', async () => {
    const { kms, arn, sandbox } = await connect({ keys: [KEY], quotas: 'published' });
    await Promise.all(Array.from({ length: 1500 }, () => kms.getKeyRotationStatus(arn)));
    const counts = sandbox.counts.operations['GetKeyRotationStatus'];
    expect(counts?.codes).toEqual({ OK: 1500 });
  });
});

describe('AWS', () => {
  it('says who the caller is and which Regions are enabled', async () => {
    const { aws } = await connect({
      regions: { 'us-east-1': 'ENABLED_BY_DEFAULT', 'af-south-1': 'DISABLED', [REGION]: 'ENABLED' },
    });
    expect(await aws.identify()).toMatchObject({ account: '111122223333', partition: 'aws' });
    expect(await aws.listEnabledRegions('111122223333')).toMatchObject({
      ok: true,
      value: [REGION, 'us-east-1'],
    });
    expect(await aws.configuredRegions()).toEqual([REGION]);
  });

  it('says what mends expired credentials', async () => {
    await connect();
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'EXPIREDKEY0000000000');
    const aws = connectAws({ version: 'test', clock: systemClock, readFile });
    await expect(aws.identify()).rejects.toMatchObject({
      code: 'aws-credentials',
      fix: expect.stringContaining('Renew'),
    });
  });
});
