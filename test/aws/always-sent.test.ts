import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FaultRule, type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';
import type { Answer, Aws, Clock } from '../../src/workflow/ports.ts';

/*
 * What AWS always sends, by operation. An answer without one of these fields is not AWS's: it is asked for again, and
 * then it is a failure that names what is missing, never a fact.
 */

const ACCOUNT = '111122223333';
const MEMBER = '444455556666';
const REGION = 'eu-central-1';
const KEY = '11111111-1111-4111-8111-111111111111';
const FAMILY = 'mrk-11111111111141118111111111111111';
const DYING = '22222222-2222-4222-8222-222222222222';
const STORED = '33333333-3333-4333-8333-333333333333';
const arnOf = (keyId: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${keyId}`;
const UNIT = 'ou-ab12-1a2b3c4d';

const place = (aws: Aws) => aws.place({ account: ACCOUNT, region: REGION });

/** The identity is no `Answer`: it is thrown. */
const identified = (aws: Aws): Promise<Answer<unknown>> =>
  aws.identify().then(
    (value) => ({ ok: true, value, at: '' }),
    (error: Error) => ({
      ok: false,
      failure: { operation: '', kind: 'malformed-answer', code: '', message: error.message, attempts: 4 },
      at: '',
      certain: false,
    }),
  );

interface Row {
  readonly operation: NonNullable<FaultRule['operation']>;
  readonly ask: (aws: Aws) => Promise<Answer<unknown>>;
  /** As the sandbox names them on the wire. */
  readonly fields: readonly string[];
  /** Struck besides, so that nothing else answers in its place. */
  readonly also?: readonly FaultRule[];
  /** If another refusal is told, which is the one to fix. */
  readonly failure?: object;
}

const MALFORMED = { kind: 'malformed-answer', attempts: 4 };

const metadata = (...names: string[]) => names.map((name) => `KeyMetadata.${name}`);
const noListRegions: FaultRule[] = [
  { kind: 'error', code: 'AccessDeniedException', operation: 'ListRegions' },
];
const noDescribeRegions: FaultRule[] = [
  { kind: 'error', code: 'AccessDeniedException', operation: 'DescribeRegions' },
];

const ROWS: readonly Row[] = [
  {
    operation: 'ListKeys',
    ask: (aws) => place(aws).listKeys(),
    fields: ['Keys', 'Truncated', 'Keys.0.KeyArn', 'Keys.0.KeyId'],
  },
  {
    operation: 'ListAliases',
    ask: (aws) => place(aws).listAliases(),
    fields: ['Aliases', 'Truncated', 'Aliases.0.AliasName', 'Aliases.0.AliasArn'],
  },
  {
    operation: 'DescribeKey',
    ask: (aws) => place(aws).describeKey(arnOf(KEY)),
    fields: [
      'KeyMetadata',
      ...metadata('Arn', 'AWSAccountId', 'KeyId', 'KeyManager', 'KeyState', 'KeySpec', 'KeyUsage'),
      ...metadata('Origin', 'Enabled', 'MultiRegion', 'Description', 'CreationDate'),
    ],
  },
  {
    operation: 'DescribeKey',
    ask: (aws) => place(aws).describeKey(arnOf(FAMILY)),
    fields: metadata(
      'MultiRegionConfiguration',
      'MultiRegionConfiguration.MultiRegionKeyType',
      'MultiRegionConfiguration.PrimaryKey',
      'MultiRegionConfiguration.ReplicaKeys',
      'MultiRegionConfiguration.ReplicaKeys.0.Arn',
    ),
  },
  {
    operation: 'DescribeKey',
    ask: (aws) => place(aws).describeKey(arnOf(DYING)),
    fields: metadata('DeletionDate'),
  },
  {
    operation: 'DescribeKey',
    ask: (aws) => place(aws).describeKey(arnOf(STORED)),
    fields: metadata('CustomKeyStoreId'),
  },
  {
    operation: 'GetKeyRotationStatus',
    ask: (aws) => place(aws).getKeyRotationStatus(arnOf(KEY)),
    fields: ['KeyId', 'KeyRotationEnabled', 'RotationPeriodInDays', 'NextRotationDate'],
  },
  {
    operation: 'GetKeyPolicy',
    ask: (aws) => place(aws).getKeyPolicy(arnOf(KEY)),
    fields: ['Policy', 'PolicyName'],
  },
  {
    operation: 'ListResourceTags',
    ask: (aws) => place(aws).listResourceTags(arnOf(KEY)),
    fields: ['Tags', 'Truncated', 'Tags.0.TagKey', 'Tags.0.TagValue'],
  },
  {
    operation: 'ListKeyRotations',
    ask: (aws) => place(aws).listKeyRotations(arnOf(KEY)),
    fields: [
      'Rotations',
      'Truncated',
      'Rotations.0.KeyId',
      'Rotations.0.RotationDate',
      'Rotations.0.RotationType',
    ],
  },
  {
    operation: 'GetKeyLastUsage',
    ask: (aws) => place(aws).getKeyLastUsage(arnOf(KEY)),
    fields: [
      'KeyId',
      'TrackingStartDate',
      'KeyCreationDate',
      'KeyLastUsage',
      'KeyLastUsage.Operation',
      'KeyLastUsage.Timestamp',
    ],
  },
  {
    operation: 'ListRegions',
    ask: (aws) => aws.listEnabledRegions(ACCOUNT),
    fields: ['Regions', 'Regions.0.RegionName', 'Regions.0.RegionOptStatus'],
    also: noDescribeRegions,
  },
  {
    operation: 'DescribeRegions',
    ask: (aws) => aws.listEnabledRegions(ACCOUNT),
    fields: [
      'regionInfo',
      'regionInfo.0.regionName',
      'regionInfo.0.regionEndpoint',
      'regionInfo.0.optInStatus',
    ],
    also: noListRegions,
    failure: { kind: 'access-denied', operation: 'ListRegions' },
  },
  {
    operation: 'ListAccounts',
    ask: (aws) => aws.listAccounts([]),
    fields: ['Accounts', 'Accounts.0.Id', 'Accounts.0.Arn', 'Accounts.0.Name', 'Accounts.0.State'],
  },
  {
    operation: 'ListAccountsForParent',
    ask: (aws) => aws.listAccounts([UNIT]),
    fields: ['Accounts', 'Accounts.0.Id', 'Accounts.0.Arn', 'Accounts.0.Name', 'Accounts.0.State'],
  },
  {
    operation: 'ListOrganizationalUnitsForParent',
    ask: (aws) => aws.listAccounts([UNIT]),
    fields: ['OrganizationalUnits'],
  },
  { operation: 'GetCallerIdentity', ask: identified, fields: ['Account', 'Arn', 'UserId'] },
  {
    operation: 'AssumeRole',
    ask: (aws) => aws.reach(MEMBER),
    fields: [
      'AssumedRoleUser',
      'AssumedRoleUser.Arn',
      'Credentials',
      'Credentials.AccessKeyId',
      'Credentials.SecretAccessKey',
      'Credentials.SessionToken',
      'Credentials.Expiration',
    ],
  },
];

const FOREIGN: readonly (readonly [string, Partial<FaultRule & { kind: 'gateway' }>])[] = [
  ['an empty body', { body: 'empty' }],
  ['{}', { body: 'object' }],
  ['a message', { body: 'json' }],
  ['HTML', { body: 'html' }],
  ['null', { text: 'null' }],
  ['a list', { text: '[]' }],
  ["another service's JSON", { text: '{"items":[],"total":0,"Truncated":false}' }],
  ['an error without a code', { status: 404, body: 'json' }],
];

let sandbox: Sandbox;
let shared: Aws;

beforeAll(async () => {
  sandbox = await startSandbox({
    keys: [
      {
        region: REGION,
        keyId: KEY,
        aliases: ['alias/a'],
        tags: { team: 'x' },
        rotation: true,
        pastRotations: [{ date: '2026-05-01T10:00:00Z', type: 'AUTOMATIC' }],
        lastUsage: { operation: 'Decrypt', at: '2026-10-01T08:00:00Z' },
      },
      { region: REGION, keyId: FAMILY, replicaRegions: ['us-east-1'] },
      { region: REGION, keyId: DYING, keyState: 'PendingDeletion' },
      { region: REGION, keyId: STORED, origin: 'AWS_CLOUDHSM' },
    ],
    organization: { accounts: [{ id: MEMBER, ou: UNIT, roles: [{ name: 'Reader' }] }] },
  });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  for (const [name, value] of Object.entries(sandbox.env)) vi.stubEnv(name, value);
  shared ??= connect();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Waits for nothing: retries follow at once. */
const impatient: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };
const settings = { version: 'test', clock: impatient, readFile };
const connect = () => connectAws(settings);
const withRole = () => connectAws({ ...settings, role: { name: 'Reader', sessionName: 'test' } });

/** What is asked once for each connection needs one of its own. */
function awsFor({ operation }: Row): Aws {
  if (operation === 'AssumeRole') return withRole();
  return operation === 'GetCallerIdentity' ? connect() : shared;
}

function strike({ operation, also = [] }: Row, fault: FaultRule): void {
  sandbox.configure({ faults: [...also, { ...fault, operation }] });
}

describe.each(ROWS)('$operation', (row) => {
  it('is taken as AWS sends it', async () => {
    sandbox.configure({ faults: [...(row.also ?? [])] });
    expect(await row.ask(awsFor(row))).toMatchObject({ ok: true });
  });

  it.each(row.fields)('is a failure without %s, and says so', async (field) => {
    strike(row, { kind: 'answer', remove: [field] });
    const answer = await row.ask(awsFor(row));
    expect(answer).toMatchObject({ ok: false, failure: row.failure ?? MALFORMED });
    if (answer.ok || row.failure) return;
    expect(answer.failure.message).toContain(field.split('.').at(-1));
  });

  it.each(FOREIGN)('is a failure if something else answers: %s', async (_, gateway) => {
    strike(row, { kind: 'gateway', ...gateway });
    expect(await row.ask(awsFor(row))).toMatchObject({ ok: false, failure: row.failure ?? MALFORMED });
  });
});

const listings = ROWS.filter(({ fields }) => fields.includes('Truncated'));

describe.each(listings)('the pages of $operation', (row) => {
  it.each([
    ['a next page without Truncated', { merge: { NextMarker: 'm', Truncated: false } }],
    ['Truncated without a next page', { merge: { Truncated: true } }],
    ['an empty marker', { merge: { Truncated: true, NextMarker: '' } }],
  ])('are no listing with %s', async (_, fault) => {
    strike(row, { kind: 'answer', ...fault });
    expect(await row.ask(awsFor(row))).toMatchObject({ ok: false, failure: { kind: 'malformed-answer' } });
  });
});

const only = (operation: Row['operation']): Row => {
  const row = ROWS.find((each) => each.operation === operation);
  if (!row) throw new Error(`no row for ${operation}`);
  return row;
};

describe('nothing is no answer where AWS has something', () => {
  it.each([
    ['ListRegions', { Regions: [] }],
    ['DescribeRegions', { regionInfo: [] }],
    ['ListAccounts', { Accounts: [] }],
  ] as const)('%s', async (operation, merge) => {
    const row = only(operation);
    strike(row, { kind: 'answer', merge });
    const failure = row.failure ?? { kind: 'malformed-answer' };
    expect(await row.ask(awsFor(row))).toMatchObject({ ok: false, failure });
  });

  it('an empty listing of keys counts with a request id only', async () => {
    const row = only('ListKeys');
    for (const requestId of [true, false]) {
      strike(row, { kind: 'gateway', text: '{"Keys":[],"Truncated":false}', requestId });
      expect(await row.ask(awsFor(row))).toMatchObject({ ok: requestId });
    }
  });
});

describe('an answer about somebody else', () => {
  it.each([
    ['ListKeys', { merge: { Keys: [{ KeyId: 'k', KeyArn: arnOf(KEY) }] } }],
    [
      'ListAliases',
      { merge: { Aliases: [{ AliasName: 'alias/b', AliasArn: 'arn:aws:kms:us-east-1:1:alias/b' }] } },
    ],
    ['DescribeKey', { merge: { KeyMetadata: { AWSAccountId: MEMBER } } }],
    ['GetKeyRotationStatus', { merge: { KeyId: DYING } }],
    ['GetKeyRotationStatus', { merge: { KeyId: '1' } }],
    ['GetKeyLastUsage', { merge: { KeyId: '' } }],
    [
      'ListKeyRotations',
      { merge: { Rotations: [{ KeyId: DYING, RotationType: 'AUTOMATIC', RotationDate: 0 }] } },
    ],
    ['GetCallerIdentity', { merge: { Account: MEMBER } }],
    [
      'AssumeRole',
      { merge: { AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/test` } } },
    ],
  ] as const)('%s', async (operation, fault) => {
    const row = only(operation);
    strike(row, { kind: 'answer', ...fault } as FaultRule);
    expect(await row.ask(awsFor(row))).toMatchObject({ ok: false, failure: { kind: 'malformed-answer' } });
  });
});

describe('EnableKeyRotation', () => {
  const enable = () => place(shared).enableKeyRotation(arnOf(KEY), 365);

  it('is made if AWS says so', async () => {
    sandbox.configure({ faults: [] });
    expect(await enable()).toMatchObject({ ok: true, requestId: expect.any(String) });
  });

  it.each([
    ...FOREIGN,
    ['a message, with a request id', { body: 'json', requestId: true }],
    ['HTML, with a request id', { body: 'html', requestId: true }],
    ['a list, with a request id', { text: '[]', requestId: true }],
    ['a field, with a request id', { text: '{"Keys":[]}', requestId: true }],
  ] as typeof FOREIGN)('is not certain if something else answers: %s', async (_, gateway) => {
    sandbox.configure({ faults: [{ kind: 'gateway', operation: 'EnableKeyRotation', ...gateway }] });
    expect(await enable()).toMatchObject({ ok: false, certain: false });
  });

  it('is not certain without a request id', async () => {
    sandbox.configure({ faults: [{ kind: 'answer', operation: 'EnableKeyRotation', requestId: false }] });
    expect(await enable()).toMatchObject({ ok: false, certain: false });
  });
});

describe('an unused key', () => {
  it('has an empty KeyLastUsage, which is an answer', async () => {
    sandbox.configure({
      faults: [{ kind: 'answer', operation: 'GetKeyLastUsage', remove: ['KeyLastUsage'], merge: {} }],
    });
    expect(await place(shared).getKeyLastUsage(arnOf(FAMILY))).toMatchObject({ ok: false });
    sandbox.configure({ faults: [] });
    const answer = await place(shared).getKeyLastUsage(arnOf(FAMILY));
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && Object.keys(answer.value).sort()).toEqual(['KeyCreationDate', 'TrackingStartDate']);
  });
});
