import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectAws } from '../../src/aws/connect.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';
import { KeyturnError } from '../../src/messages/error.ts';
import { finding as findingSchema } from '../../src/model/finding.ts';
import type { Answer, Aws, Clock, KmsPlace } from '../../src/workflow/ports.ts';

/*
 * Whatever comes back over the wire, a call ends in an answer or in an error of ours: nothing crashes, nothing hangs,
 * and what is taken has the shape that the rest relies on.
 */

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const ID = '11111111-1111-4111-8111-111111111111';
const ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${ID}`;

interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

let answer: WireAnswer = { status: 200, headers: {}, body: '' };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Waits for nothing: retries follow at once. */
const impatient: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };

function connect(): Aws {
  const { port } = server.address() as AddressInfo;
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: REGION,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return connectAws({ version: 'test', clock: impatient, readFile });
}

/** Answers that AWS could give, to be bent out of shape. */
const TRUE_ANSWERS = [
  { Keys: [{ KeyId: ID, KeyArn: ARN }], Truncated: false },
  { Keys: [], Truncated: true, NextMarker: 'm' },
  {
    Aliases: [
      { AliasName: 'alias/a', AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/a`, TargetKeyId: ID },
    ],
    Truncated: false,
  },
  {
    KeyMetadata: {
      Arn: ARN,
      KeyId: ID,
      AWSAccountId: ACCOUNT,
      Enabled: true,
      Description: '',
      KeyManager: 'CUSTOMER',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      CreationDate: 1.7e9,
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: { Arn: ARN, Region: REGION },
        ReplicaKeys: [],
      },
    },
  },
  { KeyId: ARN, KeyRotationEnabled: true, RotationPeriodInDays: 365, NextRotationDate: 1.8e9 },
  { Policy: '{"Version":"2012-10-17","Statement":[]}', PolicyName: 'default' },
  { Tags: [{ TagKey: 'a', TagValue: 'b' }], Truncated: false },
  {
    Accounts: [
      { Id: ACCOUNT, Arn: `arn:aws:organizations::1:account/o-1/${ACCOUNT}`, Name: 'a', State: 'ACTIVE' },
    ],
    NextToken: 'again',
  },
  {
    OrganizationalUnits: [{ Id: 'ou-ab12-cdef3456', Arn: 'arn:ou', Name: 'ou' }],
    Accounts: [],
    NextToken: 'again',
  },
  { Regions: [{ RegionName: REGION, RegionOptStatus: 'ENABLED' }], NextToken: 'again' },
  { __type: 'AccessDeniedException', message: 'no' },
  { __type: 'ThrottlingException', message: null },
];

/** A value in which one place, at any depth, holds something else. */
function bent(value: unknown, path: readonly number[], other: unknown): unknown {
  const [at, ...rest] = path;
  if (at === undefined || typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const [name, inner] = entries[at % Math.max(1, entries.length)] ?? [];
  if (name === undefined) return other;
  if (Array.isArray(value)) return value.map((each) => (each === inner ? bent(inner, rest, other) : each));
  return { ...value, [name]: bent(inner, rest, other) };
}

const bentAnswer = fc
  .tuple(fc.constantFrom(...TRUE_ANSWERS), fc.array(fc.nat(8), { maxLength: 4 }), fc.jsonValue())
  .map(([value, path, other]) => JSON.stringify(bent(value, path, other)));

const body = fc.oneof(
  { weight: 6, arbitrary: bentAnswer },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '<html>502</html>',
      '',
      'null',
      '[]',
      '{"Keys":',
      '\uFEFF{}',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      '{"__proto__":{"KeyRotationEnabled":true}}',
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account>',
    ),
  },
);

const wireAnswer = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 503),
  headers: fc.constantFrom<Record<string, string>>(
    { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'r' },
    { 'content-type': 'text/html' },
    { 'x-amzn-errortype': 'DisabledException:http://internal/' },
    { 'x-amzn-errortype': '#:#' },
    { date: 'yesterday' },
  ),
  body,
});

const OPERATIONS: Readonly<Record<string, (kms: KmsPlace) => Promise<Answer<unknown>>>> = {
  listKeys: (kms) => kms.listKeys(),
  listAliases: (kms) => kms.listAliases(),
  describeKey: (kms) => kms.describeKey(ARN),
  getKeyRotationStatus: (kms) => kms.getKeyRotationStatus(ARN),
  getKeyPolicy: (kms) => kms.getKeyPolicy(ARN),
  listResourceTags: (kms) => kms.listResourceTags(ARN),
  enableKeyRotation: (kms) => kms.enableKeyRotation(ARN, 365),
};

const listKeysOf = (aws: Aws) => aws.place({ account: ACCOUNT, region: REGION }).listKeys();

describe('whatever AWS answers', () => {
  it.each(Object.entries(OPERATIONS))('%s ends in an answer, of the shape it should have', async (_, ask) => {
    const kms = connect().place({ account: ACCOUNT, region: REGION });
    await fc.assert(
      fc.asyncProperty(wireAnswer, async (wire) => {
        answer = wire;
        const given = await ask(kms);
        if (!given.ok) {
          expect(given.failure.kind).toMatch(/^[a-z-]+$/);
          // An answer below 300 to a change is AWS's word that it is made, or nobody knows.
          if (wire.status >= 500) expect(given.failure.kind).not.toBe('invalid-request');
          return;
        }
        expect(wire.status).toBeLessThan(300);
        expect(() => JSON.stringify(given.value)).not.toThrow();
      }),
      { numRuns: 150 },
    );
  });

  it('a rotation status is on or off only where AWS says so in so many words', async () => {
    const kms = connect().place({ account: ACCOUNT, region: REGION });
    await fc.assert(
      fc.asyncProperty(wireAnswer, async (wire) => {
        answer = wire;
        const given = await kms.getKeyRotationStatus(ARN);
        if (!given.ok) return;
        const said = JSON.parse(wire.body) as { KeyRotationEnabled?: unknown };
        expect(given.value.KeyRotationEnabled).toBe(said.KeyRotationEnabled);
        const status = findingSchema.pick({ RotationPeriodInDays: true, NextRotationDate: true });
        expect(status.safeParse(given.value).success).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['ListAccounts', { Accounts: [], NextToken: 'again' }, (aws: Aws) => aws.listAccounts([])],
    ['ListRegions', { Regions: [], NextToken: 'again' }, (aws: Aws) => aws.listEnabledRegions(ACCOUNT)],
    ['ListKeys', { Keys: [], Truncated: true, NextMarker: 'again' }, listKeysOf],
  ] as const)('a listing by %s that goes round in circles has an end', async (_, wire, list) => {
    answer = { status: 200, headers: {}, body: JSON.stringify(wire) };
    expect(await list(connect())).toMatchObject({ ok: false, failure: { code: 'BrokenPagination' } });
  });

  it.each([
    ['identify', (aws: Aws) => aws.identify()],
    ['listAccounts', (aws: Aws) => aws.listAccounts([])],
    ['listAccounts under a unit', (aws: Aws) => aws.listAccounts(['ou-ab12-cdef3456'])],
    ['listEnabledRegions', (aws: Aws) => aws.listEnabledRegions(ACCOUNT)],
    ['reach', (aws: Aws) => aws.reach(ACCOUNT)],
  ] as const)('%s ends in an answer, or in an error that says what to do', async (_, ask) => {
    await fc.assert(
      fc.asyncProperty(wireAnswer, async (wire) => {
        answer = wire;
        const problem = await ask(connect()).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (problem === undefined) return;
        expect(problem).toBeInstanceOf(KeyturnError);
        expect((problem as KeyturnError).fix).toMatch(/\w/);
      }),
      { numRuns: 40 },
    );
  });
});
