import { KMSClient } from '@aws-sdk/client-kms';
import { Client } from 'undici';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Connections } from '../../src/aws/connections.ts';
import { openHttp } from '../../src/aws/http.ts';
import { openKmsPlace } from '../../src/aws/kms-place.ts';
import { openReader } from '../../src/aws/reader.ts';
import type { Answer, Clock, KmsPlace } from '../../src/workflow/ports.ts';
import { BEHAVIOURS, type HostileServer, startHostileServer, whole } from '../support/hostile-server.ts';

/* Whoever answers, a call ends soon, takes little, and harms no other call. */

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const ID = '11111111-1111-4111-8111-111111111111';
const ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${ID}`;
const DEADLINE = 100;

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

/** Waits for nothing: retries follow at once. */
const impatient: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };

function open(origin = server.origin): KmsPlace {
  const connections = new Connections({ total: 4, perHost: 4 });
  const http = openHttp(connections, (host) => () => new Client(host), DEADLINE);
  const credentials = async () => ({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret' });
  const read = openReader({
    endpoint: async () => ({ url: new URL(origin), signingRegion: REGION }),
    credentials,
    post: http.post,
    userAgent: 'keyturn/test',
  });
  const client = async () =>
    new KMSClient({
      region: REGION,
      endpoint: origin,
      credentials,
      requestHandler: http.handler,
      maxAttempts: 1,
    });
  const access = { client, read, onThrottled: () => {}, judge: async <T>(failure: T) => failure };
  return openKmsPlace({ account: ACCOUNT, region: REGION }, access, impatient, 1);
}

const CALLS: Readonly<Record<string, (kms: KmsPlace) => Promise<Answer<unknown>>>> = {
  listKeys: (kms) => kms.listKeys(),
  enableKeyRotation: (kms) => kms.enableKeyRotation(ARN, 365),
};
const STATUS = whole(
  JSON.stringify({
    KeyId: ARN,
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: 1.8e9,
  }),
);

describe.each(Object.entries(CALLS))('%s', (_, ask) => {
  it.each(Object.entries(BEHAVIOURS))('ends when the answer is %s', async (_, behaviour) => {
    const kms = open();
    server.behave(behaviour);
    const began = performance.now();
    const answer = await ask(kms);
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    expect(['network', 'malformed-answer']).toContain(answer.failure.kind);
    expect(answer.failure.message.length).toBeLessThanOrEqual(4096);
    // Four attempts, and head-room for a machine that is busy.
    expect(performance.now() - began).toBeLessThan(4 * DEADLINE + 4000);

    server.behave((socket) => socket.write(STATUS));
    expect(await kms.getKeyRotationStatus(ARN)).toMatchObject({
      ok: true,
      value: { KeyRotationEnabled: true },
    });
  });
});

it.each(['an endless body', 'endless chunks', 'a flood of headers', 'a flood of 100 Continue'])(
  'little is taken of %s',
  async (name) => {
    const flooding = await startHostileServer();
    onTestFinished(() => flooding.close());
    flooding.behave(BEHAVIOURS[name] ?? (() => {}));
    await open(flooding.origin).getKeyRotationStatus(ARN);
    await expect.poll(() => flooding.open).toBe(0);
    // Four attempts. Buffers of the system take some MiB of each.
    expect(flooding.written).toBeLessThan(48 * 1024 * 1024);
  },
);

it('what follows an answer on its connection is not the answer to the next request', async () => {
  const kms = open();
  const off = whole(JSON.stringify({ KeyId: ARN, KeyRotationEnabled: false }));
  let count = 0;
  server.behave((socket) => socket.write(++count === 1 ? Buffer.concat([STATUS, off]) : STATUS));
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await kms.getKeyRotationStatus(ARN)).toMatchObject({ value: { KeyRotationEnabled: true } });
  }
});
