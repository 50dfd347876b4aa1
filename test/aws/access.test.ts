import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SandboxSettings, startSandbox } from '../../sandbox/index.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { systemClock } from '../../src/cli/session/clock.ts';
import { readTextFile as readFile } from '../../src/files/read-text.ts';
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
    organization: { accounts: [{ id: OWN, roles: [{ name: 'r', trusts: [OWN] }] }, { id: MACHINE }] },
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
  connectAws({ readFile, version: 'test', clock: systemClock, ...(profile !== undefined && { profile }) });

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

/** States of a profile that is of OWN. */
const USABLE: readonly (readonly [state: string, config: string])[] = [
  ['keys', `[profile x]\n${keys(OWN)}`],
  [
    'a process',
    `[profile x]\ncredential_process = echo '{"Version":1,"AccessKeyId":"AKIA${OWN}TEST","SecretAccessKey":"s"}'\n`,
  ],
  [
    'a role',
    `[profile x]\nrole_arn = arn:aws:iam::${OWN}:role/r\nsource_profile = y\n[profile y]\n${keys(OWN)}`,
  ],
  [
    'a role by its own keys',
    `[profile x]\nrole_arn = arn:aws:iam::${OWN}:role/r\nsource_profile = x\n${keys(OWN)}`,
  ],
];

/** What else a machine may have: each is of MACHINE. */
const AMBIENT: readonly ((url: string) => Record<string, string>)[] = [
  () => MACHINE_KEYS,
  (url) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/container` }),
  () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: '/no/such', AWS_ROLE_ARN: `arn:aws:iam::${MACHINE}:role/r` }),
  () => ({ AWS_PROFILE: 'machine' }),
  (url) => ({ AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
];
const MACHINE_PROFILES = `[default]\n${keys(MACHINE)}[profile machine]\n${keys(MACHINE)}`;

/** The credentials that a container or an instance hands out. */
async function metadataServer(): Promise<string> {
  const server = createServer((request, response) => {
    const body = {
      Code: 'Success',
      Type: 'AWS-HMAC',
      AccessKeyId: `AKIA${MACHINE}TEST`,
      SecretAccessKey: 'hidden',
      Expiration: '2099-01-01T00:00:00Z',
    };
    response.end(request.url?.endsWith('security-credentials/') ? 'role' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('whatever a machine has, KMS hears the named profile or nobody', async () => {
  const url = await metadataServer();
  const states = [...UNUSABLE.map(([state, config]) => [state, config]), ...USABLE];
  const { sandbox, callers } = await machine('', '');
  const run = async (
    [, config = '']: readonly string[],
    ambient: Record<string, string>,
    asVariable: boolean,
  ) => {
    sandbox.clearLog();
    vi.unstubAllEnvs();
    const base = { AWS_ENDPOINT_URL: sandbox.url, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: REGION };
    const named = asVariable ? { AWS_PROFILE: 'x', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' } : {};
    const env = { ...base, ...files(`${MACHINE_PROFILES}${config}`), ...ambient, ...named };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const aws = connect(asVariable ? undefined : 'x');
    const caller = await aws.identify().catch(() => undefined);
    if (caller) await aws.place({ account: caller.account, region: REGION }).listKeys();
    return new Set(callers());
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...states),
      fc.subarray([...AMBIENT]),
      fc.boolean(),
      async (state, ambient, asVariable) => {
        const heard = await run(state, Object.assign({}, ...ambient.map((make) => make(url))), asVariable);
        expect([...heard], state[0]).toEqual(USABLE.some(([usable]) => usable === state[0]) ? [OWN] : []);
      },
    ),
    { numRuns: 20 },
  );
});

describe('without a named profile', () => {
  it('an access key in the environment wins over AWS_PROFILE, as in the AWS CLI, and it is said', async () => {
    const { callers } = await machine(`[profile x]\n${keys(OWN)}`, '', { ...MACHINE_KEYS, AWS_PROFILE: 'x' });
    const said: string[] = [];
    const aws = connectAws({
      readFile,
      version: 'test',
      clock: systemClock,
      onEnvironmentKeys: (name) => said.push(name),
    });
    expect(await aws.identify()).toMatchObject({ account: MACHINE });
    expect(said).toEqual(['x']);
    expect(await connect('x').identify()).toMatchObject({ account: OWN });
    expect(callers()).toEqual([MACHINE, OWN]);
  });

  it('AWS_PROFILE has to be defined, an access key or not', async () => {
    await machine('', '', { ...MACHINE_KEYS, AWS_PROFILE: 'x' });
    await expect(connect().identify()).rejects.toMatchObject({ code: 'input-profiles' });
  });

  it('half an access key is refused, and no matter for a named profile', async () => {
    await machine(`[default]\n${keys(MACHINE)}[profile x]\n${keys(OWN)}`, '', { AWS_ACCESS_KEY_ID: 'AKIA1' });
    await expect(connect().identify()).rejects.toMatchObject({ code: 'input-aws-config' });
    expect(await connect('x').identify()).toMatchObject({ account: OWN });
  });

  it('the search of the SDK goes on', async () => {
    await machine(`[default]\n${keys(MACHINE)}`);
    expect(await connect().identify()).toMatchObject({ account: MACHINE });
  });
});

describe('a setting that is not understood', () => {
  it.each([
    ['AWS_USE_FIPS_ENDPOINT', 'yes', 'input-aws-config'],
    ['AWS_REGION', '"eu-west-1"', 'aws-region'],
    ['AWS_ENDPOINT_URL', 'kms', 'input-aws-config'],
  ])('%s=%s ends everything before the first call', async (name, value, code) => {
    const { callers } = await machine(`[profile x]\n${keys(OWN)}`, '', { [name]: value });
    await expect(connect('x').identify()).rejects.toMatchObject({ code });
    expect(callers()).toEqual([]);
  });
});

describe('each account goes where its own profile says', () => {
  it('reads and changes alike', async () => {
    const other = await startSandbox({ organization: { accounts: [{ id: OWN }, { id: MACHINE }] } });
    onTestFinished(() => other.close());
    const { sandbox } = await machine('', '');
    vi.unstubAllEnvs();
    const config = [
      `[profile a]\nregion = ${REGION}\nendpoint_url = ${sandbox.url}\n${keys(OWN)}`,
      `[profile b]\nregion = ${REGION}\nservices = s\n${keys(MACHINE)}`,
      `[services s]\nkms =\n  endpoint_url = ${other.url}\nsts =\n  endpoint_url = ${other.url}\naccount =\n  endpoint_url = ${other.url}\n`,
    ];
    for (const [name, value] of Object.entries(files(config.join('')))) vi.stubEnv(name, value);
    const profiles = [{ name: 'a' }, { name: 'b' }];
    const aws = connectAws({ readFile, version: 'test', clock: systemClock, profiles });
    for (const account of [OWN, MACHINE]) {
      const kms = aws.place({ account, region: REGION });
      expect(await kms.listKeys()).toMatchObject({ ok: true });
      await kms.enableKeyRotation(`arn:aws:kms:${REGION}:${account}:key/k`, 365);
      expect(await aws.listEnabledRegions(account)).toMatchObject({ ok: true });
    }
    const operations = ['GetCallerIdentity', 'ListKeys', 'EnableKeyRotation', 'ListRegions'];
    for (const [place, account] of [
      [sandbox, OWN],
      [other, MACHINE],
    ] as const) {
      expect(place.log.map((call) => call.operation)).toEqual(operations);
      expect(new Set(place.log.map((call) => call.account))).toEqual(new Set([account]));
    }
  });
});

describe('several profiles', () => {
  const config = `[profile a]\nregion = eu-west-1\n${keys(OWN)}[profile b]\nregion = eu-west-2\n${keys(MACHINE)}`;
  const connectAll = (...names: string[]) =>
    connectAws({ readFile, version: 'test', clock: systemClock, profiles: names.map((name) => ({ name })) });

  it('are asked in the Region of each, and all their Regions are the configured ones', async () => {
    const { sandbox } = await machine(config, '', { AWS_REGION: '' });
    const aws = connectAll('a', 'b');
    expect(await aws.configuredRegions()).toEqual(['eu-west-1', 'eu-west-2']);
    expect(await aws.askProfiles()).toMatchObject([{ kind: 'answered' }, { kind: 'answered' }]);
    expect(sandbox.log.map(({ account, region }) => `${account} ${region}`).sort()).toEqual([
      `${OWN} eu-west-1`,
      `${MACHINE} eu-west-2`,
    ]);
  });

  it('are refused if one is not defined, also where the others would do', async () => {
    await machine(config, '', { AWS_REGION: '' });
    const aws = connectAll('a', 'x');
    expect(await aws.configuredRegions()).toEqual(['eu-west-1']);
    expect(await aws.askProfiles()).toMatchObject([{ kind: 'answered' }, { kind: 'failed' }]);
    await expect(aws.identify()).rejects.toMatchObject({ code: 'input-profiles' });
  });
});

describe('an MFA device', () => {
  const config = `[profile x]\nrole_arn = arn:aws:iam::${OWN}:role/r\nsource_profile = y\nmfa_serial = arn:aws:iam::${OWN}:mfa/u\n[profile y]\n${keys(OWN)}`;

  it('is asked for once, however many calls there are', async () => {
    await machine(config);
    const asked: string[] = [];
    const askMfaCode = async (device: string, profile: string) => {
      asked.push(`${profile} ${device}`);
      return '123456';
    };
    const aws = connectAws({ readFile, version: 'test', clock: systemClock, profile: 'x', askMfaCode });
    await aws.identify();
    const place = aws.place({ account: OWN, region: REGION });
    await Promise.all([place.listKeys(), place.listAliases()]);
    expect(asked).toEqual([`x arn:aws:iam::${OWN}:mfa/u`]);
  });

  it('without a code says how to go on', async () => {
    const { callers } = await machine(config);
    const aws = connectAws({
      readFile,
      version: 'test',
      clock: systemClock,
      profile: 'x',
      askMfaCode: async () => undefined,
    });
    await expect(aws.identify()).rejects.toMatchObject({
      code: 'aws-credentials',
      fix: expect.stringContaining('aws sts get-session-token'),
    });
    expect(callers()).toEqual([]);
  });
});

describe('STS', () => {
  const GOV = { regions: { 'us-gov-west-1': 'ENABLED_BY_DEFAULT', 'us-gov-east-1': 'ENABLED' } } as const;

  const REFUSED = {
    kind: 'error',
    status: 403,
    operation: 'GetCallerIdentity',
    code: 'InvalidClientTokenId',
  } as const;

  async function connectIn(settings: SandboxSettings, configured: string, regions: readonly string[]) {
    const sandbox = await startSandbox(settings);
    onTestFinished(() => sandbox.close());
    for (const [name, value] of Object.entries({
      ...sandbox.env,
      AWS_REGION: configured,
      AWS_DEFAULT_REGION: '',
    }))
      vi.stubEnv(name, value);
    return { sandbox, aws: connectAws({ readFile, version: 'test', clock: systemClock, regions }) };
  }

  it('is asked in the partition of the scope', async () => {
    const { sandbox, aws } = await connectIn(GOV, 'us-east-1', ['us-gov-east-1']);
    expect(await aws.identify()).toMatchObject({ partition: 'aws-us-gov' });
    expect(sandbox.log.map(({ region }) => region)).toEqual(['us-gov-east-1']);
  });

  it('is asked in another Region if one is disabled, and the other services too', async () => {
    const { sandbox, aws } = await connectIn({}, '', ['me-south-1', 'il-central-1', 'eu-central-1']);
    await aws.identify();
    await aws.listEnabledRegions('111122223333');
    const asked = sandbox.log.map(({ operation, region }) => `${operation} ${region}`);
    expect(asked.slice(0, 3)).toEqual(
      ['me-south-1', 'il-central-1', 'eu-central-1'].map((r) => `GetCallerIdentity ${r}`),
    );
    expect(asked.slice(3)).toEqual(['ListRegions eu-central-1']);
  });

  it('is asked at last where no account can disable it; a refusal names every Region', async () => {
    const { aws } = await connectIn({}, 'me-south-1', ['me-south-1']);
    expect(await aws.identify()).toMatchObject({ account: '111122223333' });
    const gone = await connectIn({ faults: [REFUSED] }, 'me-south-1', ['me-south-1', 'eu-central-1']);
    await expect(gone.aws.identify()).rejects.toMatchObject({
      code: 'aws-credentials',
      message: expect.stringMatching(/asked STS in me-south-1, eu-central-1, us-east-1/),
    });
  });

  it('is asked once for credentials that have expired', async () => {
    const { sandbox, aws } = await connectIn({}, 'eu-west-1', ['eu-central-1']);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'EXPIRED0000000000000');
    await expect(aws.identify()).rejects.toMatchObject({ code: 'aws-credentials' });
    expect(sandbox.log).toHaveLength(1);
  });
});
