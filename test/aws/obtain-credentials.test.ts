import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { ClientSettings } from '../../src/aws/client-settings.ts';
import { readFailure } from '../../src/aws/failure.ts';
import { mfaCodes } from '../../src/aws/mfa-codes.ts';
import { obtainCredentials } from '../../src/aws/obtain-credentials.ts';
import { readSharedConfig } from '../../src/aws/shared-config.ts';
import { temporaryDirectory } from '../support/journey.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function obtain(profile: string | undefined, config: string, deadlineMs = 200) {
  const file = join(temporaryDirectory(), 'config');
  writeFileSync(file, config);
  for (const [name, value] of Object.entries({
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
  }))
    vi.stubEnv(name, value);
  const client = {} as ClientSettings;
  const provide = obtainCredentials({
    profile,
    config: await readSharedConfig(),
    sts: { ...client, region: 'eu-central-1' },
    sso: client,
    codes: mfaCodes('p', undefined),
    deadlineMs,
  });
  return provide().then(
    () => undefined,
    (thrown: unknown) => readFailure('GetCallerIdentity', thrown),
  );
}

const TOO_LATE = { kind: 'credentials', message: 'no credentials came within 0.2 s' };

it('a credential_process that never ends has a deadline', async () => {
  expect(await obtain('slow', '[profile slow]\ncredential_process = sleep 2\n')).toMatchObject(TOO_LATE);
});

/** A source of credentials on this machine. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes for as long as somebody reads. */
const flood: RequestListener = (_, response) => {
  let sent = 0;
  const write = () => {
    while (!response.destroyed && sent < 1e9 && response.write(Buffer.alloc(65_536, 32))) sent += 65_536;
  };
  response.on('drain', write);
  write();
};

it.each([
  ['a container endpoint', (at: string) => vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${at}/`)],
  ['instance metadata', (at: string) => vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', at)],
])('%s that never stops is left after 64 KiB', async (_, name) => {
  name(await serve(flood));
  expect(await obtain(undefined, '', 10_000)).toMatchObject({
    kind: 'credentials',
    message: 'the answer of their source is larger than 64 KiB',
  });
});

it('a container endpoint that answers as documented is taken', async () => {
  const parts = {
    AccessKeyId: 'AKIA',
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration: '2099-01-01T00:00:00Z',
  };
  const at = await serve((_, response) => response.end(JSON.stringify(parts)));
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${at}/`);
  expect(await obtain(undefined, '', 10_000)).toBeUndefined();
});

it('a container endpoint that drips has a deadline', async () => {
  const at = await serve((_, response) => {
    response.write('{');
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  });
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${at}/`);
  expect(await obtain(undefined, '')).toMatchObject(TOO_LATE);
});
