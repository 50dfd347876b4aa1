import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type FrontOptions, passOn, startFront, startProxy } from '../support/front.ts';
import { candidates, EXIT, FRANKFURT, temporaryDirectory } from '../support/journey.ts';
import { runKeyturn } from '../support/keyturn.ts';

const NAMES = [
  '*.eu-central-1.amazonaws.com',
  '*.us-east-1.amazonaws.com',
  '*.sso.eu-central-1.amazonaws.com',
];

/** The sandbox under AWS's own names, to be reached through a proxy. */
async function startNames(to?: (sandboxUrl: string) => FrontOptions['to']) {
  const sandbox = await startSandbox({ keys: candidates(2) });
  cleanUp(() => sandbox.close());
  const cwd = temporaryDirectory();
  const front = await startFront({ names: NAMES, to: to?.(sandbox.url) ?? sandbox.url, directory: cwd });
  cleanUp(() => front.close());
  const proxy = await startProxy({ to: front.port });
  cleanUp(() => proxy.close());
  const { AWS_ENDPOINT_URL, ...env } = sandbox.env;
  const proxied = { ...env, HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: front.caFile };
  return { cwd, front, proxy, env, proxied };
}

describe.concurrent('a proxy and an authority of its own', () => {
  it('are used for every call', async () => {
    const { cwd, proxy, proxied } = await startNames();
    const ended = await runKeyturn(['assess', '--json', '--region', FRANKFURT], { cwd, env: proxied });
    expect(ended).toMatchObject({ code: EXIT.done });
    expect(ended.json()).toMatchObject({ totals: { candidate: 2 } });
    const hosts = new Set(proxy.asked.map((line) => line.split(/[ .]/)[1]));
    expect([...hosts].sort()).toEqual(['account', 'kms', 'sts']);
  });

  it('are used by SSO too', async () => {
    const roleCredentials = {
      accessKeyId: 'AKIASANDBOX000000000',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: Date.now() + 3_600_000,
    };
    const { cwd, front, proxied } = await startNames((url) => (incoming, response) => {
      if (incoming.headers.host?.startsWith('portal.sso.')) response.end(JSON.stringify({ roleCredentials }));
      else passOn(url)(incoming, response);
    });
    const start = 'https://corp.awsapps.com/start';
    mkdirSync(join(cwd, '.aws/sso/cache'), { recursive: true });
    writeFileSync(
      join(cwd, '.aws/config'),
      `[profile sso]\nregion = ${FRANKFURT}\nsso_start_url = ${start}\nsso_region = ${FRANKFURT}\nsso_account_id = 111122223333\nsso_role_name = r\n`,
    );
    const token = { accessToken: 'a', expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
    const cached = createHash('sha1').update(start).digest('hex');
    writeFileSync(join(cwd, `.aws/sso/cache/${cached}.json`), JSON.stringify(token));
    const env = { ...proxied, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const ended = await runKeyturn(['assess', '--json', '--profile', 'sso'], { cwd, env });
    expect(ended).toMatchObject({ code: EXIT.done });
    expect(front.hosts).toContain('portal.sso.eu-central-1.amazonaws.com');
  });

  it('are refused if they are not usable, before any call', async () => {
    const { cwd, proxy, env, proxied } = await startNames();
    const bad = { ...env, HTTPS_PROXY: 'http://me:secret@:80:80' };
    const noProxy = await runKeyturn(['assess'], { cwd, env: bad });
    expect(noProxy).toMatchObject({ code: EXIT.badInput, stderr: expect.stringContaining('HTTPS_PROXY') });
    expect(noProxy.stderr).not.toContain('secret');
    const noBundle = await runKeyturn(['assess'], {
      cwd,
      env: { ...proxied, AWS_CA_BUNDLE: '/nowhere.pem' },
    });
    expect(noBundle).toMatchObject({
      code: EXIT.badInput,
      stderr: expect.stringMatching(/AWS_CA_BUNDLE.*\/nowhere\.pem/),
    });
    expect(proxy.asked).toEqual([]);
  });
});

describe('many host names', () => {
  it('need no more files than ulimit -n allows', async () => {
    const regions = ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1', 'us-east-2'];
    const sandbox = await startSandbox({
      keys: regions.flatMap((region) => Array.from({ length: 50 }, () => ({ region }))),
      latency: 100,
    });
    cleanUp(() => sandbox.close());
    const cwd = temporaryDirectory();
    const names = [...regions.map((region) => `*.${region}.amazonaws.com`), '*.amazonaws.com'];
    const front = await startFront({ names, to: sandbox.url, directory: cwd });
    cleanUp(() => front.close());
    const { AWS_ENDPOINT_URL, ...env } = sandbox.env;
    const scope = regions.flatMap((region) => ['--region', region]);
    const ended = await runKeyturn(['assess', '--json', ...scope], {
      cwd,
      env: { ...env, ...front.direct, AWS_CA_BUNDLE: front.caFile },
      openFiles: 128,
    });
    expect(ended).toMatchObject({ code: EXIT.done });
    expect(ended.json()).toMatchObject({ totals: { candidate: 300 } });
    expect(front.connections.most).toBeLessThanOrEqual(70);
    expect(new Set(front.hosts.filter((host) => host.startsWith('kms.'))).size).toBe(regions.length);
  });

  it('too few files are told as such', async () => {
    const { cwd, env } = await startNames();
    const ended = await runKeyturn(['assess'], { cwd, env, openFiles: 24 });
    expect(ended).toMatchObject({
      code: EXIT.failed,
      stderr: expect.stringMatching(/too many open files.*ulimit -n/),
    });
  });
});
