import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import { EXIT, FRANKFURT, startJourney } from '../support/journey.ts';
import { type Ended, runKeyturn } from '../support/keyturn.ts';

const [OWN, OTHER] = ['000000000001', '000000000002'] as const;
const MARK = 'hunter2-hunter2';

/** Gives credentials that are renewed at each call, a number of times, then fails with secrets on standard error. */
const PROCESS = `
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const made = existsSync('made') ? Number(readFileSync('made', 'utf8')) : 0;
writeFileSync('made', String(made + 1));
if (made >= Number(readFileSync('good', 'utf8'))) {
  console.error('stderr ${MARK}');
  process.exit(3);
}
const Expiration = new Date(Date.now() + 60_000).toISOString();
const keys = { AccessKeyId: 'AKIA${OTHER}TEST', SecretAccessKey: '${MARK}', SessionToken: '${MARK}' };
console.log(JSON.stringify({ Version: 1, Expiration, ...keys }));
`;

const contents = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), 'latin1')] : [],
  );

it('a secret reaches neither the store, a report nor the output, whether a journey works or fails', async () => {
  const accounts = [OWN, OTHER];
  const journey = await startJourney({
    organization: { accounts: accounts.map((id) => ({ id })) },
    keys: accounts.map((account) => ({ region: FRANKFURT, account, description: account })),
  });
  const { cwd, write, sandbox } = journey;
  write('process.cjs', PROCESS);
  write('good', '1000');
  const command = `${process.execPath} process.cjs --token argv-${MARK}`;
  write(
    'config',
    `[profile own]\naws_access_key_id = AKIA${OWN}TEST\naws_secret_access_key = ${MARK}\naws_session_token = ${MARK}\n` +
      `[profile other]\ncredential_process = ${command}\n[profile sso]\nsso_start_url = https://${MARK}.awsapps.com/start\n` +
      `sso_region = eu-central-1\nsso_account_id = ${OWN}\nsso_role_name = r\n` +
      `[profile file]\nrole_arn = arn:aws:iam::${OWN}:role/r\nweb_identity_token_file = /nowhere/${MARK}\n`,
  );
  const env = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: FRANKFURT,
    AWS_CONFIG_FILE: join(cwd, 'config'),
    KEYTURN_KEY_PASSPHRASE: `passphrase-${MARK}`,
  };
  const ended: Ended[] = [];
  const run = async (more: Record<string, string>, ...args: string[]) => {
    const end = await runKeyturn(args, { cwd, env: { ...env, ...more } });
    ended.push(end);
    return end;
  };
  const both = ['--profile', 'own', '--profile', 'other'];
  expect((await run({}, 'signing-key', 'create', '--passphrase', 'key')).code).toBe(EXIT.done);
  expect(await run({}, 'assess', ...both)).toMatchObject({ code: EXIT.done });
  write('good', String(Number(journey.read('made')) - 2));
  write('made', '0');
  expect(await run({}, 'assess', ...both)).toMatchObject({ code: EXIT.incomplete });
  await run({}, 'approve', '--all', '--sign-with', 'key', ...both);
  await run({}, 'configure', ...both);
  expect((await run({}, 'list', 'findings', '--json')).stdout).toContain('credential_process failed');
  expect((await run({}, 'report', '--out', 'report', '--sign-with', 'key')).code).toBe(EXIT.done);

  await run({}, 'assess', '--json', '--profile', 'sso');
  await run({}, 'assess', '--json', '--profile', 'file');
  const refusing = createServer((socket) => {
    socket.on('error', () => {}).end('HTTP/1.1 407 No\r\n\r\n');
  });
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  cleanUp(() => void refusing.close());
  const { port } = refusing.address() as { port: number };
  for (const more of [
    { HTTPS_PROXY: `http://user:${MARK}@127.0.0.1:${port}`, AWS_ENDPOINT_URL: 'https://kms.invalid' },
    { HTTPS_PROXY: `user:${MARK}@%`, AWS_ENDPOINT_URL: sandbox.url },
    { AWS_ENDPOINT_URL: `ftp://user:${MARK}@kms.invalid` },
    { AWS_ENDPOINT_URL: `http://user:${MARK}@127.0.0.1:1` },
  ]) {
    expect((await run(more, 'assess', '--json', '--profile', 'own')).code).not.toBe(EXIT.done);
  }

  const written = ['.keyturn', 'report'].flatMap((name) => contents(join(cwd, name)));
  expect(written.length).toBeGreaterThan(10);
  for (const text of [...written, ...ended.map(({ stdout, stderr }) => stdout + stderr)])
    expect(text).not.toContain(MARK);
});
