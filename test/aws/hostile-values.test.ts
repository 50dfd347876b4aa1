import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFailure } from '../../src/aws/failure.ts';
import { openKmsPlace } from '../../src/aws/kms-place.ts';
import { openReader } from '../../src/aws/reader.ts';
import { failure as failureSchema } from '../../src/model/failure.ts';
import { keyMetadata, keyRotation, rotationStatus } from '../../src/model/key-facts.ts';
import { lastUsage } from '../../src/model/last-use.ts';
import { textByName } from '../../src/model/text.ts';
import type { Clock } from '../../src/workflow/ports.ts';

/* Whatever values an answer has: what is taken can be stored and read back, and the rest is a malformed answer. */

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const ID = '11111111-1111-4111-8111-111111111111';
const ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${ID}`;
const impatient: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };

/** KMS that answers every call with one text. */
function answering(
  text: string,
  headers: Record<string, string> = { 'x-amzn-requestid': 'r-1' },
  status = 200,
) {
  const read = openReader({
    endpoint: async () => ({
      url: new URL('https://kms.eu-central-1.amazonaws.com'),
      signingRegion: REGION,
    }),
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    post: async () => ({ status, headers, text }),
    userAgent: 'keyturn/test',
  });
  const client = () => Promise.reject(new Error('nothing is changed here'));
  const access = { client, read, onThrottled: () => {}, judge: async <T>(failure: T) => failure };
  return openKmsPlace({ account: ACCOUNT, region: REGION }, access, impatient, 1);
}

const METADATA = {
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
  MultiRegion: false,
};
const STATUS = { KeyId: ARN, KeyRotationEnabled: true, RotationPeriodInDays: 365, NextRotationDate: 1.8e9 };
const ROTATION = { KeyId: ARN, RotationType: 'AUTOMATIC', RotationDate: 1.7e9 };
const USAGE = {
  KeyId: ARN,
  TrackingStartDate: 1.7e9,
  KeyCreationDate: 1.6e9,
  KeyLastUsage: { Operation: 'Decrypt', Timestamp: 1.75e9 },
};

type Kms = ReturnType<typeof answering>;
const READS = {
  describeKey: [(kms: Kms) => kms.describeKey(ARN), keyMetadata, { KeyMetadata: METADATA }],
  getKeyRotationStatus: [(kms: Kms) => kms.getKeyRotationStatus(ARN), rotationStatus, STATUS],
  listKeyRotations: [
    (kms: Kms) => kms.listKeyRotations(ARN),
    keyRotation.array(),
    { Rotations: [ROTATION], Truncated: false },
  ],
  getKeyLastUsage: [(kms: Kms) => kms.getKeyLastUsage(ARN), lastUsage, USAGE],
  listResourceTags: [
    (kms: Kms) => kms.listResourceTags(ARN),
    textByName,
    { Tags: [{ TagKey: 'a', TagValue: 'b' }], Truncated: false },
  ],
} as const;

/** JSON of a value in which one leaf is replaced by a text of JSON. */
function withLeaf(value: object, at: number, other: string): string {
  let leaf = 0;
  const marked = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' || leaf++ !== at ? each : '%LEAF%',
  );
  return marked.replace('"%LEAF%"', () => other);
}

const hostileLeaf = fc.oneof(
  fc.constantFrom('1e12', '-1', '-1e15', '1e400', '-1e400', '253402300800', '253402300799.999', '8.64e12'),
  fc.constantFrom('9007199254740993', '0.5', '-0', '1e-300', '"1970"', 'null', 'true', '[]', '{}', '""'),
  fc.constantFrom(
    '"\\ud800"',
    '"\\u0000"',
    '"\\u202e"',
    '{"__proto__":{"x":1}}',
    JSON.stringify('a'.repeat(100_000)),
  ),
  fc.double().map((value) => (Number.isFinite(value) ? String(value) : 'null')),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

describe.each(Object.entries(READS))('%s', (_, [ask, schema, whole]) => {
  it('gives only what can be stored and read back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(14), hostileLeaf, async (at, leaf) => {
        const answer = await ask(answering(withLeaf(whole, at, leaf)));
        if (!answer.ok) {
          expect(answer.failure).toMatchObject({ kind: 'malformed-answer' });
          expect(answer.failure.message.length).toBeLessThanOrEqual(4096);
          return;
        }
        const stored: unknown = JSON.parse(JSON.stringify(answer.value));
        expect(schema.parse(stored)).toEqual(answer.value);
      }),
      { numRuns: 120 },
    );
  });

  it('takes the answer that is not bent', async () => {
    expect(await ask(answering(JSON.stringify(whole)))).toMatchObject({ ok: true, requestId: 'r-1' });
  });
});

describe('a date', () => {
  const describeAt = (date: string) =>
    answering(`{"KeyMetadata":${withLeaf(METADATA, 10, date)}}`).describeKey(ARN);

  it.each(['1e12', '3.2e19', '253402300800', '-1', '-62135596801', '1e400'])(
    'of %s seconds is a malformed answer',
    async (date) => {
      expect(await describeAt(date)).toMatchObject({
        ok: false,
        failure: { kind: 'malformed-answer', message: expect.stringContaining('CreationDate') },
      });
    },
  );

  it('of the last second of 9999 is taken', async () => {
    expect(await describeAt('253402300799')).toMatchObject({
      value: { CreationDate: '9999-12-31T23:59:59.000Z' },
    });
  });
});

describe('text of an answer', () => {
  it.each([
    ['Description', 16_385],
    ['KeyState', 129],
    ['KeySpec', 129],
    ['Origin', 129],
  ])('%s is not taken when it is longer than AWS makes it', async (field, length) => {
    const body = { KeyMetadata: { ...METADATA, [field]: 'a'.repeat(length) } };
    expect(await answering(JSON.stringify(body)).describeKey(ARN)).toMatchObject({
      ok: false,
      failure: { kind: 'malformed-answer', message: expect.stringContaining(field) },
    });
  });

  it('of an error is cut before it is kept', async () => {
    const error = { __type: 'X'.repeat(10_000), message: `${'\ud83d\ude00'.repeat(5000)}` };
    const headers = { 'x-amzn-requestid': `r ${'r'.repeat(500)}` };
    const answer = await answering(JSON.stringify(error), headers, 400).describeKey(ARN);
    if (answer.ok) throw new Error('an error was taken');
    const { failure } = answer;
    expect(failure.code).toHaveLength(128);
    expect(failure.message.length).toBeLessThanOrEqual(4096);
    expect(failure.message.isWellFormed()).toBe(true);
    expect(failure).not.toHaveProperty('requestId');
    expect(failureSchema.parse(JSON.parse(JSON.stringify(failure)))).toEqual(failure);
  });

  it.each(['', 'a b', 'r'.repeat(129), 'r\n', '\u202e'])('%j is not a request id', async (id) => {
    expect(readFailure('ListKeys', { name: 'X', $metadata: { requestId: id } })).not.toHaveProperty(
      'requestId',
    );
  });

  it('tells of five problems, not of thousands', async () => {
    const body = { Keys: Array.from({ length: 1000 }, () => ({})), Truncated: false };
    const answer = await answering(JSON.stringify(body)).listKeys();
    if (answer.ok) throw new Error('it was taken');
    expect(answer.failure.message.split('; ')).toHaveLength(5);
  });
});

it('aliases of one key are gathered in linear time', async () => {
  const Aliases = Array.from({ length: 1000 }, (_, n) => ({
    AliasName: `alias/${n}`,
    AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/${n}`,
    TargetKeyId: ID,
  }));
  const answer = await answering(JSON.stringify({ Aliases, Truncated: false })).listAliases();
  expect(answer.ok && answer.value.get(ID)).toHaveLength(1000);
});
