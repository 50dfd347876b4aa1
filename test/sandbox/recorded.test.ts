import { readFileSync } from 'node:fs';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  type KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { KeySettings } from '../../sandbox/index.ts';
import { type Clients, REGION, rawKms, refusalOf, sandboxWithKey, signature } from './clients.ts';

type Fields = Record<string, unknown>;

interface Recorded {
  readonly metadata: Record<string, Fields>;
  readonly rotationStatus: Record<'on' | 'off', Fields>;
  readonly errors: Record<string, { code: string; message: string; status: number }>;
}

const recorded = JSON.parse(
  readFileSync(new URL('./recorded-kms.json', import.meta.url), 'utf8'),
) as Recorded;

/** What does not differ from run to run; identifiers, dates and texts do. */
const VOLATILE = ['Arn', 'AWSAccountId', 'CreationDate', 'CurrentKeyMaterialId', 'Description', 'KeyId'];
const steady = (fields: Fields) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      VOLATILE.includes(name) ? 'any' : placesAside(value),
    ]),
  );

/** Regions and ARNs within MultiRegionConfiguration. */
const placesAside = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/"(Arn|Region)":"[^"]*"/g, '"$1":"any"'));

async function described(clients: Clients, keyId: string, region = REGION): Promise<Fields> {
  const headers = { authorization: signature(region) };
  const { text } = await rawKms(clients.sandbox.url, 'DescribeKey', { KeyId: keyId }, headers);
  return (JSON.parse(text) as { KeyMetadata: Fields }).KeyMetadata;
}

type Row = readonly [name: string, key: Partial<KeySettings>, region?: string];

const METADATA: readonly Row[] = [
  ['symmetric', {}],
  ['hmac', { keySpec: 'HMAC_256' }],
  ['primary', { replicaRegions: ['ap-southeast-1'] }],
  ['replica', { replicaRegions: ['ap-southeast-1'] }, 'ap-southeast-1'],
  ['primaryAlone', { multiRegion: true }],
  ['pendingImport', { origin: 'EXTERNAL', keyState: 'PendingImport' }],
  ['imported', { origin: 'EXTERNAL' }],
  ['asymmetricPendingImport', { origin: 'EXTERNAL', keyState: 'PendingImport', keySpec: 'ECC_NIST_P256' }],
  ['asymmetricImported', { origin: 'EXTERNAL', keySpec: 'ECC_NIST_P256' }],
];

describe('as AWS was recorded', () => {
  it.for(METADATA)('DescribeKey has the fields of %s', async ([name, key, region]) => {
    const clients = await sandboxWithKey(key);
    const metadata = await described(clients, clients.keyId, region);
    expect(steady(metadata)).toEqual(steady(recorded.metadata[name] ?? {}));
  });

  it('ReplicateKey answers a replica that is being created', async () => {
    const { sandbox, keyId } = await sandboxWithKey({ multiRegion: true });
    const { text } = await rawKms(sandbox.url, 'ReplicateKey', {
      KeyId: keyId,
      ReplicaRegion: 'ap-southeast-1',
    });
    const answer = JSON.parse(text) as { ReplicaKeyMetadata: Fields; ReplicaPolicy: string };
    expect(steady(answer.ReplicaKeyMetadata)).toEqual(steady(recorded.metadata['replicaCreating'] ?? {}));
    expect(JSON.parse(answer.ReplicaPolicy)).toMatchObject({ Id: 'key-default-1' });
  });

  it.each(['on', 'off'] as const)('GetKeyRotationStatus has the fields of %s', async (name) => {
    const { sandbox, keyId } = await sandboxWithKey({ rotation: name === 'on' && { periodInDays: 90 } });
    const { text } = await rawKms(sandbox.url, 'GetKeyRotationStatus', { KeyId: keyId });
    expect(Object.keys(JSON.parse(text)).sort()).toEqual(Object.keys(recorded.rotationStatus[name]).sort());
  });

  const ABSENT = '00000000-0000-4000-8000-000000000000';
  const rotate = (kms: KMSClient, KeyId: string) => kms.send(new RotateKeyOnDemandCommand({ KeyId }));
  type Refused = readonly [
    name: string,
    key: Partial<KeySettings>,
    call: (kms: KMSClient, keyId: string, clients: Clients) => Promise<unknown>,
  ];

  const REFUSED: readonly Refused[] = [
    ['unknownKeyId', {}, (kms) => kms.send(new DescribeKeyCommand({ KeyId: ABSENT }))],
    [
      'arnOfOtherRegion',
      {},
      (kms) =>
        kms.send(new DescribeKeyCommand({ KeyId: `arn:aws:kms:eu-west-1:111122223333:key/${ABSENT}` })),
    ],
    [
      'aliasWithoutPrefix',
      {},
      (kms, keyId) => kms.send(new CreateAliasCommand({ AliasName: 'orders', TargetKeyId: keyId })),
    ],
    ['hmacWithoutUsage', {}, (kms) => kms.send(new CreateKeyCommand({ KeySpec: 'HMAC_256' }))],
    ['rotateDisabled', { keyState: 'Disabled' }, rotate],
    ['rotateAsymmetric', { keySpec: 'RSA_2048' }, rotate],
    ['rotatePendingImport', { origin: 'EXTERNAL', keyState: 'PendingImport' }, rotate],
    ['rotateImported', { origin: 'EXTERNAL' }, rotate],
    [
      'importedMessage',
      { origin: 'EXTERNAL' },
      (kms, keyId) => kms.send(new EnableKeyRotationCommand({ KeyId: keyId })),
    ],
    [
      'replicateReplica',
      { replicaRegions: ['eu-west-1'] },
      (_kms, keyId, clients) =>
        clients.kms('eu-west-1').send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: 'eu-west-2' })),
    ],
  ];

  it.for(REFUSED)('the refusal %s has its code, status and message', async ([name, key, call]) => {
    const clients = await sandboxWithKey(key);
    const refusal = await refusalOf(call(clients.kms(), clients.keyId, clients));
    const { code, status, message = '' } = recorded.errors[name] ?? {};
    expect(refusal).toMatchObject({ code, status });
    expect(wording(refusal?.message ?? '')).toBe(wording(message));
  });
});

/** A message without the key or Region that it names. The SDK says UnknownError for an empty one. */
const wording = (message: string) =>
  message
    .replace(/^UnknownError$/, '')
    .replace(/arn:[^' ]+[^' .]|<(mrk-)?key-arn>/g, 'ARN')
    .replace(/^Invalid arn .*/, 'Invalid arn REGION');
