import * as sdk from '@aws-sdk/client-kms';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { openAccess } from '../../src/aws/access.ts';
import { openNetwork } from '../../src/aws/network.ts';
import { findKms, openReader } from '../../src/aws/reader.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const REGION = 'eu-central-1';

async function open(settings: SandboxSettings = {}) {
  const sandbox = await startSandbox(settings);
  onTestFinished(() => sandbox.close());
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  const {
    client: settingsOf,
    credentials,
    http,
  } = await openAccess({
    version: 'test',
    profile: undefined,
    http: async () => openNetwork().http(),
    askMfaCode: undefined,
    onEnvironmentKeys: () => {},
  });
  const client = new sdk.KMSClient({
    ...settingsOf('KMS'),
    region: REGION,
    credentials: credentials(REGION),
  });
  const read = openReader({
    endpoint: () => findKms(client),
    credentials: client.config.credentials,
    post: http.post,
    userAgent: 'keyturn/test',
  });
  const [key] = sandbox.keys();
  return { sandbox, client, read, KeyId: key?.arn ?? '' };
}

/** The SDK gives dates as Date objects, KMS as epoch seconds: in milliseconds the two are alike. */
function alike(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, function (this: Record<string, unknown>, name, plain) {
      const given = this[name];
      if (name === '$metadata') return undefined;
      if (given instanceof Date) return Math.round(given.getTime());
      return typeof given === 'number' && /Date$|^Timestamp$/.test(name) ? Math.round(given * 1000) : plain;
    }),
  );
}

const RICH: SandboxSettings = {
  keys: [
    {
      region: REGION,
      description: 'ü \u202e \u0000 end',
      aliases: ['alias/a', 'alias/b'],
      tags: { team: 'x', 'a:b': '' },
      rotation: { periodInDays: 180 },
      pastRotations: [{ date: '2026-05-01T10:00:00Z', type: 'AUTOMATIC' }],
      lastUsage: { operation: 'Decrypt', at: '2026-10-01T08:00:00Z' },
    },
    { region: REGION, keyState: 'PendingDeletion', multiRegion: true, replicaRegions: ['us-east-1'] },
    { region: REGION, keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' },
  ],
};

describe('the shorter way of reading', () => {
  it('gives what the SDK gives, for every operation that is read so', async () => {
    const { client, read, sandbox } = await open(RICH);
    for (const { arn: KeyId } of sandbox.keys().filter(({ region }) => region === REGION)) {
      const reads: [string, object, Promise<object>][] = [
        ['ListKeys', { Limit: 1000 }, client.send(new sdk.ListKeysCommand({ Limit: 1000 }))],
        ['ListAliases', { Limit: 100 }, client.send(new sdk.ListAliasesCommand({ Limit: 100 }))],
        ['DescribeKey', { KeyId }, client.send(new sdk.DescribeKeyCommand({ KeyId }))],
        ['GetKeyRotationStatus', { KeyId }, client.send(new sdk.GetKeyRotationStatusCommand({ KeyId }))],
        ['GetKeyPolicy', { KeyId }, client.send(new sdk.GetKeyPolicyCommand({ KeyId }))],
        ['ListResourceTags', { KeyId }, client.send(new sdk.ListResourceTagsCommand({ KeyId }))],
        ['ListKeyRotations', { KeyId }, client.send(new sdk.ListKeyRotationsCommand({ KeyId }))],
        ['GetKeyLastUsage', { KeyId }, client.send(new sdk.GetKeyLastUsageCommand({ KeyId }))],
      ];
      for (const [operation, input, bySdk] of reads) {
        expect(alike(await read(operation, input)), operation).toEqual(alike(await bySdk));
      }
    }
  });

  it('throws what the SDK throws: code, message, status and request id', async () => {
    const settings: SandboxSettings = { ...RICH, deny: [{ operation: 'GetKeyPolicy' }] };
    const { client, read, KeyId, sandbox } = await open(settings);
    const missing = 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000';
    const caught = (call: Promise<unknown>) =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      );
    for (const [operation, input, command] of [
      ['GetKeyPolicy', { KeyId }, new sdk.GetKeyPolicyCommand({ KeyId })],
      ['DescribeKey', { KeyId: missing }, new sdk.DescribeKeyCommand({ KeyId: missing })],
    ] as const) {
      const ours = await caught(read(operation, input));
      const theirs = (await caught(
        client.send(command as sdk.DescribeKeyCommand),
      )) as sdk.KMSServiceException;
      expect(ours).toMatchObject({ name: theirs.name, message: theirs.message });
      expect(ours).toMatchObject({
        $metadata: { httpStatusCode: theirs.$metadata.httpStatusCode, requestId: expect.any(String) },
      });
    }
    sandbox.configure({ faults: [{ kind: 'status', status: 503, body: 'html', operation: 'DescribeKey' }] });
    expect(await caught(read('DescribeKey', { KeyId }))).toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
  });

  it('signs with the time of AWS once AWS did not like ours, and tries only once', async () => {
    const { read, KeyId, sandbox } = await open({
      ...RICH,
      clockOffsetMs: 3_600_000,
      latency: 100,
      faults: [{ kind: 'error', code: 'InvalidSignatureException', operation: 'DescribeKey', times: 1 }],
    });
    expect(await read('DescribeKey', { KeyId })).toMatchObject({ KeyMetadata: { Arn: KeyId } });
    expect(sandbox.log).toHaveLength(2);
    sandbox.configure({
      faults: [{ kind: 'error', code: 'InvalidSignatureException', operation: 'DescribeKey' }],
    });
    await expect(read('DescribeKey', { KeyId })).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(sandbox.log).toHaveLength(3);
  });

  it('takes null for absent, as the SDK does', async () => {
    const read = openReader({
      endpoint: async () => ({
        url: new URL('https://kms.eu-central-1.amazonaws.com'),
        signingRegion: REGION,
      }),
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
      post: async () => ({
        status: 200,
        headers: {},
        text: '{"NextMarker":null,"Keys":[{"KeyArn":"null","KeyId":null}]}',
      }),
      userAgent: 'keyturn/test',
    });
    expect(await read('ListKeys', {})).toEqual({
      Keys: [{ KeyArn: 'null' }],
      $metadata: { httpStatusCode: 200 },
    });
  });

  it('corrects the time for calls that were under way together', async () => {
    const { read, KeyId } = await open({
      ...RICH,
      clockOffsetMs: 3_600_000,
      latency: 100,
      faults: [{ kind: 'error', code: 'InvalidSignatureException', operation: 'DescribeKey', times: 3 }],
    });
    const together = await Promise.all([1, 2, 3].map(() => read('DescribeKey', { KeyId })));
    for (const answer of together) expect(answer).toMatchObject({ KeyMetadata: { Arn: KeyId } });
  });
});
