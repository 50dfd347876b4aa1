import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { EXIT, enableCalls, FRANKFURT, startJourney } from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';
import { readJournal } from '../support/store.ts';
import { hasTerminal, onTerminal } from '../support/terminal.ts';

const [OWN, MACHINE] = ['000000000001', '000000000002'] as const;
interface Refused {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}
const keys = (account: string) => `aws_access_key_id = AKIA${account}TEST\naws_secret_access_key = hidden\n`;

/** What a container's agent hands out, of an account that nobody named. */
async function containerOf(account: string): Promise<Record<string, string>> {
  const answer = {
    AccessKeyId: `AKIA${account}TEST`,
    SecretAccessKey: 'hidden',
    Token: '',
    Expiration: '2099-01-01T00:00:00Z',
  };
  const server = createServer((_, response) => {
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials` };
}

/** A machine with credentials of another account than the profile `own`. */
async function startMachine(config: string, more: Record<string, string> = {}) {
  const journey = await startJourney({
    organization: { accounts: [{ id: OWN, roles: [{ name: 'r', trusts: [OWN] }] }, { id: MACHINE }] },
    keys: [OWN, MACHINE].map((account) => ({ region: FRANKFURT, account, description: account })),
  });
  journey.write('config', config);
  const env = {
    AWS_ENDPOINT_URL: journey.sandbox.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: FRANKFURT,
    AWS_CONFIG_FILE: join(journey.cwd, 'config'),
    ...(await containerOf(MACHINE)),
    ...more,
  };
  const run = (...args: string[]) => runKeyturn(args, { cwd: journey.cwd, env });
  const runWith = (own: Record<string, string>, ...args: string[]) =>
    runKeyturn(args, { cwd: journey.cwd, env: { ...env, ...own } });
  return { ...journey, env, run, runWith };
}

describe.concurrent('a named profile', () => {
  it('that is not defined ends everything, however it is named and whatever the machine has', async () => {
    const { runWith, run, write, sandbox, cwd } = await startMachine(`[profile own]\n${keys(OWN)}`);
    const refused = [
      await run('assess', '--json', '--profile', 'onw'),
      await runWith({ AWS_PROFILE: 'onw' }, 'assess', '--json'),
    ];
    write('keyturn.yaml', 'profile: onw\n');
    refused.push(await run('assess', '--json'));
    for (const { code, json } of refused) {
      expect(json<Refused>().error).toMatchObject({
        code: 'input-profiles',
        message: expect.stringContaining('onw'),
      });
      expect(code).toBe(EXIT.badInput);
    }
    expect(sandbox.log).toEqual([]);
    expect(readJournal(cwd)).toEqual([]);
    expect((await run('assess', '--json', '--profile', 'own')).code).toBe(EXIT.done);
    expect(new Set(sandbox.log.map(({ account }) => account))).toEqual(new Set([OWN]));
  });

  it('that gives no credentials changes nothing, in configure and validate alike', async () => {
    const journey = await startMachine(`[profile own]\n${keys(OWN)}`);
    const { run, write, sandbox, cwd } = journey;
    await run('assess', '--profile', 'own');
    await run('approve', '--all', '--profile', 'own');
    write('config', '[profile own]\ncredential_process = echo "no token" >&2; false\n');
    const before = sandbox.log.length;
    const entries = readJournal(cwd).length;
    for (const command of ['configure', 'validate', 'assess']) {
      const { code, json } = await run(command, '--json', '--profile', 'own');
      expect(json<Refused>().error).toMatchObject({
        code: 'aws-credentials',
        message: expect.stringMatching(/profile own.*credential_process failed/),
      });
      expect(code).toBe(EXIT.failed);
    }
    expect(sandbox.log.length).toBe(before);
    expect(readJournal(cwd).length).toBe(entries);
    expect(enableCalls(sandbox)).toEqual([]);
  });

  it('beside an access key is told of in one line, and not under --quiet', async () => {
    const { runWith } = await startMachine(`[profile own]\n${keys(OWN)}`);
    const both = {
      AWS_PROFILE: 'own',
      AWS_ACCESS_KEY_ID: `AKIA${MACHINE}TEST`,
      AWS_SECRET_ACCESS_KEY: 'hidden',
    };
    const told = await runWith(both, 'assess', '--json');
    expect(told.stderr.split('\n').filter((line) => line.includes('AWS_PROFILE'))).toHaveLength(1);
    const { stderr, json } = await runWith(both, 'assess', '--json', '--quiet');
    expect(stderr).toBe('');
    expect(json<{ places: { account: string }[] }>().places).toMatchObject([{ account: MACHINE }]);
    const named = await runWith(both, 'assess', '--json', '--quiet', '--profile', 'own');
    expect([named.stderr, named.json<{ places: { account: string }[] }>().places]).toMatchObject([
      '',
      [{ account: OWN }],
    ]);
  });
});

describe('the libraries that Keyturn uses', () => {
  it('do not write to standard error or output', async () => {
    const { runWith } = await startMachine('');
    const remarks =
      "for(const say of ['log','warn','error'])console[say]('remark');process.emitWarning('remark')";
    const preload = `process.on('beforeExit',()=>{${remarks}})`;
    const { stderr, json } = await runWith(
      { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` },
      'assess',
      '--json',
      '--quiet',
    );
    expect([stderr, json()]).toMatchObject(['', { places: [{}] }]);
  });
});

const mfa = `[profile x]\nrole_arn = arn:aws:iam::${OWN}:role/r\nsource_profile = y\nmfa_serial = arn:aws:iam::${OWN}:mfa/u\n[profile y]\n${keys(OWN)}`;

describe('mfa_serial', () => {
  it.skipIf(!hasTerminal)('is asked for on a terminal, once, without showing the code', async () => {
    const journey = await startMachine(mfa);
    journey.write('keyturn.yaml', 'profile: x\n');
    const environment = { ...journey.env };
    const sandbox = { ...journey.sandbox, env: environment };
    const { output, code } = await onTerminal(
      { cwd: journey.cwd, sandbox },
      ['assess'],
      [{ expect: `MFA code of arn:aws:iam::${OWN}:mfa/u for profile x`, send: '123456\r' }],
    );
    expect(code).toBe(EXIT.done);
    expect(output).not.toContain('123456');
  });

  it('is told of elsewhere, with how to make a session', async () => {
    const { run, sandbox } = await startMachine(mfa);
    const { code, json } = await run('assess', '--json', '--profile', 'x');
    expect([code, json<Refused>().error]).toMatchObject([
      EXIT.failed,
      { message: expect.stringContaining('mfa/u'), fix: expect.stringContaining('get-session-token') },
    ]);
    expect(sandbox.log).toEqual([]);
  });
});
