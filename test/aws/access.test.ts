import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { systemClock } from '../../src/cli/session.ts';
import type { Aws } from '../../src/workflow/ports.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const [OWN, MACHINE] = ['000000000001', '000000000002'] as const;
const REGION = 'eu-central-1';

function files(config: string, credentials = ''): Record<string, string> {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'config'), config);
  writeFileSync(join(directory, 'credentials'), credentials);
  return {
    HOME: directory,
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
  };
}

/** A sandbox of two accounts, and a machine that has credentials of the second by itself. */
async function machine(config: string, credentials = '', env: Record<string, string> = {}) {
  const sandbox = await startSandbox({
    organization: { accounts: [{ id: OWN }, { id: MACHINE }] },
  });
  onTestFinished(() => sandbox.close());
  const all = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: REGION,
    ...files(config, credentials),
    ...env,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  const callers = () => sandbox.log.map(({ account }) => account);
  return { sandbox, callers };
}

const connect = (profile?: string): Aws =>
  connectAws({ version: 'test', clock: systemClock, ...(profile !== undefined && { profile }) });

const keys = (account: string) => `aws_access_key_id = AKIA${account}TEST\naws_secret_access_key = hidden\n`;
const MACHINE_KEYS = {
  AWS_ACCESS_KEY_ID: `AKIA${MACHINE}TEST`,
  AWS_SECRET_ACCESS_KEY: 'hidden',
};

/** States of a profile that gives no credentials, each with the code of the refusal. */
const UNUSABLE: readonly (readonly [state: string, config: string, code: string])[] = [
  ['not defined', '', 'input-profiles'],
  ['empty', '[profile x]\n', 'input-profiles'],
  ['without credentials', '[profile x]\nregion = eu-west-1\n', 'aws-credentials'],
  ['half a key', '[profile x]\naws_access_key_id = AKIA1\n', 'aws-credentials'],
  ['a process that fails', '[profile x]\ncredential_process = false\n', 'aws-credentials'],
  ['a process that is not there', '[profile x]\ncredential_process = /no/such\n', 'aws-credentials'],
  ['a process of garbage', '[profile x]\ncredential_process = echo garbage\n', 'aws-credentials'],
  [
    'a process of expired credentials',
    `[profile x]\ncredential_process = echo '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}'\n`,
    'aws-credentials',
  ],
  [
    'a missing source',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = y\n',
    'aws-credentials',
  ],
  [
    'sources in a circle',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = y\n[profile y]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = x\n',
    'aws-credentials',
  ],
  [
    'itself as source',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = x\n',
    'aws-credentials',
  ],
  [
    'a role without source',
    `[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\n${keys(MACHINE)}`,
    'aws-credentials',
  ],
  [
    'a role with two sources',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = y\ncredential_source = Environment\n',
    'aws-credentials',
  ],
  [
    'an unknown credential source',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\ncredential_source = Nowhere\n',
    'aws-credentials',
  ],
  [
    'a missing token file',
    '[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nweb_identity_token_file = /no/such\n',
    'aws-credentials',
  ],
  [
    'an unknown SSO session',
    '[profile x]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n',
    'aws-credentials',
  ],
  [
    'SSO without a sign-in',
    '[profile x]\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n',
    'aws-credentials',
  ],
  ['a login without a sign-in', '[profile x]\nlogin_session = arn:aws:iam::1:user/u\n', 'aws-credentials'],
  [
    'an MFA device and nobody to ask',
    `[profile x]\nrole_arn = arn:aws:iam::000000000001:role/r\nsource_profile = y\nmfa_serial = arn:aws:iam::1:mfa/u\n[profile y]\n${keys(MACHINE)}`,
    'aws-credentials',
  ],
];

describe('a profile that cannot be used', () => {
  it.each(UNUSABLE)('%s is refused by its name, whatever else the machine has', async (_, config, code) => {
    const elsewhere = `[default]\n${keys(MACHINE)}`;
    const { callers } = await machine(`${elsewhere}${config}`, '', MACHINE_KEYS);
    await expect(connect('x').identify()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/profile x\b/),
    });
    vi.stubEnv('AWS_PROFILE', 'x');
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    await expect(connect().identify()).rejects.toMatchObject({ code });
    expect(callers()).toEqual([]);
  });
});
