import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { request } from 'undici';
import { connectAws } from '../../src/aws/connect.ts';
import { systemClock } from '../../src/cli/session/clock.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';

/** CPU a DescribeKey, 50 at once: ours, the SDK's defaults, and HTTP alone. Prints microseconds as JSON. */
const CALLS = 6000;
const AT_ONCE = 50;
const ROUNDS = 3;
const url = process.env['AWS_ENDPOINT_URL'] ?? '';
const keyArn = process.env['KEYTURN_BENCH_KEY'] ?? '';
const [, , , region = '', account = ''] = keyArn.split(':');

async function cpuPerCall(call: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  let left = CALLS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await call();
    }),
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

// Without a pace worth the name: the SDK has none either, and waiting is not what is measured.
const aws = connectAws({ version: 'bench', clock: systemClock, pace: 1000, readFile });
const ours = aws.place({ account, region });
const plain = new KMSClient({ region });
const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.DescribeKey' };
const authorization = `AWS4-HMAC-SHA256 Credential=AKIASANDBOX000000000/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`;
const contenders = {
  ours: () => ours.describeKey(keyArn),
  sdk: () => plain.send(new DescribeKeyCommand({ KeyId: keyArn })),
  http: async () => {
    const body = JSON.stringify({ KeyId: keyArn });
    await (await request(url, { method: 'POST', headers: { ...headers, authorization }, body })).body.json();
  },
};
const best: Record<string, number> = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(contenders)) {
    best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, await cpuPerCall(call));
  }
}
console.log(JSON.stringify(best));
process.exit(0);
