import { spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { callKms } from '../support/aws.ts';
import { cleanUp } from '../support/cleanup.ts';
import { EXIT, temporaryDirectory } from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';
import type { Finding, Outcome, Verdict } from '../support/shapes.ts';
import { has } from '../support/terminal.ts';

const REGION = 'eu-central-1';
const hasMoto = has('moto_server', '--help');

/**
 * Another implementation of AWS, to see that the wiring does not depend on the sandbox. Moto knows neither periods nor
 * dates of rotation, so that validation there has to find every key discrepant. Moto leaves out what AWS always sends,
 * without which an answer is not AWS's: that is filled in on the way.
 */
describe.skipIf(!hasMoto)(
  `a journey on moto${hasMoto ? '' : ' (skipped: moto_server is not installed)'}`,
  () => {
    it('assesses, enables, and finds what moto does not keep', { timeout: 90_000 }, async () => {
      const url = await completed(await startMoto());
      const env = {
        AWS_ENDPOINT_URL: url,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      const cwd = temporaryDirectory();
      const run = (...args: string[]) => runKeyturn(args, { cwd, env });
      const create = (input: object) =>
        callKms({ url }, REGION, 'CreateKey', { KeyUsage: 'ENCRYPT_DECRYPT', ...input });
      await create({ Description: 'off', Tags: [{ TagKey: 'team', TagValue: 'shop' }] });
      await create({ Description: 'rsa', KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
      const on = await create({ Description: 'on' });
      const { KeyId } = on['KeyMetadata'] as { KeyId: string };
      await callKms({ url }, REGION, 'EnableKeyRotation', { KeyId });
      await callKms({ url }, REGION, 'CreateAlias', { AliasName: 'alias/on', TargetKeyId: KeyId });

      const assessed = await run('assess', '--json');
      expect(assessed.stderr).toMatch(/^Assessing account \d{12}/);
      expect(assessed.json()).toMatchObject({
        totals: { candidate: 1, enabled: 1, ineligible: 1, unknown: 0 },
      });
      expect(assessed.code).toBe(EXIT.done);
      const findings = (await run('list', 'findings', '--json')).lines<Finding>();
      const of = (description: string) => findings.find(({ Description }) => Description === description);
      expect(of('off')).toMatchObject({ kind: 'candidate', tags: { team: 'shop' } });
      expect(of('on')).toMatchObject({ kind: 'enabled', aliases: ['alias/on'] });
      expect(of('rsa')).toMatchObject({ kind: 'ineligible', reason: 'asymmetric' });

      expect((await run('approve', '--all', '--json')).json()).toMatchObject({ approved: 1 });
      const configured = await run('configure', '--json');
      expect(configured.json()).toMatchObject({ outcomes: { applied: 1, failed: 0 } });
      expect((await run('list', 'outcomes', '--json')).lines<Outcome>()).toMatchObject([
        { keyArn: of('off')?.keyArn, status: 'applied', proof: 'proven' },
      ]);
      const status = await callKms({ url }, REGION, 'GetKeyRotationStatus', { KeyId: of('off')?.keyId });
      expect(status['KeyRotationEnabled']).toBe(true);

      const validated = await run('validate', '--json', '--wait', '500ms');
      expect(validated.json()).toMatchObject({ requested: 1, confirmed: 0, discrepant: 1 });
      expect(validated.code).toBe(EXIT.incomplete);
      const [verdict] = (await run('list', 'verdicts', '--json')).lines<Verdict>();
      expect(verdict?.differences.map(({ fact }) => fact)).toContain('NextRotationDate');
    });
  },
);

type Fields = Record<string, unknown>;

/** What moto leaves out, by operation; the date is nobody's, as moto keeps none. */
const LEFT_OUT: Readonly<Record<string, (asked: Fields, answer: Fields) => Fields>> = {
  GetKeyRotationStatus: ({ KeyId }, { KeyRotationEnabled, ...rest }) => ({
    KeyId,
    ...(KeyRotationEnabled === true && { RotationPeriodInDays: 365, NextRotationDate: 0 }),
    KeyRotationEnabled,
    ...rest,
  }),
  GetKeyPolicy: (_, answer) => ({ PolicyName: 'default', ...answer }),
  DescribeKey: (_, { KeyMetadata }) => ({
    KeyMetadata: { ...(KeyMetadata as Fields), MultiRegion: (KeyMetadata as Fields)['MultiRegion'] ?? false },
  }),
};

/** Moto behind a proxy that fills in what it leaves out. */
async function completed(moto: string): Promise<string> {
  const proxy = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { connection: _, 'content-length': __, 'transfer-encoding': ___, ...asked } = request.headers;
    const answer = await fetch(`${moto}${request.url}`, {
      method: request.method ?? 'POST',
      headers: asked as Record<string, string>,
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    const complete = LEFT_OUT[String(asked['x-amz-target']).split('.')[1] ?? ''];
    const whole =
      complete && answer.ok ? JSON.stringify(complete(JSON.parse(String(body)), JSON.parse(text))) : text;
    const {
      'content-encoding': ____,
      'content-length': _____,
      ...headers
    } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, headers).end(whole);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  cleanUp(() => proxy.closeAllConnections());
  cleanUp(() => proxy.close());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

async function startMoto(): Promise<string> {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  cleanUp(() => server.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = performance.now() + 40_000; performance.now() < deadline; ) {
    if (
      await fetch(`${url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('moto_server does not answer');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
