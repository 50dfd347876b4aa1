import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
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

async function obtain(profile: string | undefined, config: string) {
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
    deadlineMs: 200,
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

it('a container endpoint that drips has a deadline', async () => {
  const server = createServer((_, response) => {
    response.write('{');
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/`);
  expect(await obtain(undefined, '')).toMatchObject(TOO_LATE);
});
