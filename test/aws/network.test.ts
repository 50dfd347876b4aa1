import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { findCaBundle } from '../../src/aws/ca-bundle.ts';
import { openNetwork } from '../../src/aws/network.ts';
import { readProxies } from '../../src/aws/proxies.ts';
import { readTextFile } from '../../src/files/read-text.ts';
import { cleanUp } from '../support/cleanup.ts';
import { type Front, type ProxyOptions, startFront, startProxy } from '../support/front.ts';
import { temporaryDirectory } from '../support/journey.ts';

const KMS = 'kms.eu-central-1.amazonaws.com';
const directory = temporaryDirectory();
let front: Front;
beforeAll(async () => {
  front = await startFront({ names: [KMS], to: (_, response) => response.end('{}'), directory });
  cleanUp(() => front.close());
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const bundle = async () => {
  vi.stubEnv('AWS_CA_BUNDLE', front.caFile);
  return findCaBundle(undefined, readTextFile);
};

async function proxy(options: Partial<ProxyOptions> = {}) {
  const started = await startProxy({ to: front.port, ...options });
  onTestFinished(() => started.close());
  return started;
}

const request = (origin: string) => ({ origin, path: '/', headers: {}, body: '{}' });
const post = async (env: Record<string, string>, origin = `https://${KMS}`) =>
  openNetwork(env)
    .http(await bundle())
    .post(request(origin));

describe('proxies', () => {
  it('carries https through HTTPS_PROXY, with the credentials of its URL', async () => {
    const { port, asked, authorizations } = await proxy();
    const answer = await post({ HTTPS_PROXY: `http://me:p%40ss@127.0.0.1:${port}` });
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(asked).toEqual([`CONNECT ${KMS}:443`]);
    expect(authorizations).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  });

  it('keeps a tunnel for the next request', async () => {
    const { url, asked } = await proxy();
    const http = openNetwork({ https_proxy: url }).http(await bundle());
    for (let count = 0; count < 3; count++) await http.post(request(`https://${KMS}`));
    expect(asked).toHaveLength(1);
  });

  it('takes a host and a port without a scheme, as the AWS CLI does', async () => {
    const { port, asked } = await proxy();
    await post({ HTTPS_PROXY: `127.0.0.1:${port}` });
    expect(asked).toHaveLength(1);
  });

  it('forwards http through HTTP_PROXY, which is not for https', async () => {
    const { url, asked } = await proxy({ status: 403 });
    expect(await post({ HTTP_PROXY: url }, 'http://kms.internal')).toMatchObject({ status: 403 });
    expect(asked).toEqual(['POST http://kms.internal/']);
    await expect(post({ HTTP_PROXY: url }, 'https://nowhere.invalid')).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  it('goes past it for what NO_PROXY names, and for loopback', async () => {
    const { url, asked } = await proxy({ status: 403 });
    const through = { HTTPS_PROXY: url, HTTP_PROXY: url };
    const local = `http://127.0.0.1:${(await proxy({ status: 418 })).port}`;
    expect(await post(through, local)).toMatchObject({ status: 418 });
    const no = { ...through, NO_PROXY: 'a.example, .invalid' };
    await expect(post(no, 'https://kms.invalid')).rejects.toMatchObject({ code: /ENOTFOUND|EAI_AGAIN/ });
    expect(asked).toEqual([]);
  });

  it.each([302, 403, 407, 413, 502])(
    'tells the status of a proxy that answers CONNECT with %i',
    async (status) => {
      const { url } = await proxy({ status });
      await expect(post({ HTTPS_PROXY: url })).rejects.toMatchObject({
        name: 'ProxyRefused',
        code: `PROXY_${status}`,
        statusCode: status,
      });
    },
  );

  it('tells 407 of a proxy for http alike', async () => {
    const { url } = await proxy({ status: 407 });
    await expect(post({ HTTP_PROXY: url }, 'http://kms.internal')).rejects.toMatchObject({
      code: 'PROXY_407',
    });
  });

  it.each([
    ['HTTPS_PROXY', 'socks5://user:secret@proxy:1080'],
    ['https_proxy', 'http://user:secret@'],
    ['HTTP_PROXY', 'http://user:secret@proxy:99999'],
    ['http_proxy', 'http://user:%zzsecret@proxy:1'],
  ])('refuses a bad %s by its name, without its value', (name, value) => {
    const refused = expect(() => readProxies({ [name]: value }));
    refused.toThrow(
      expect.objectContaining({ code: 'input-aws-config', message: expect.stringContaining(name) }),
    );
    refused.not.toThrow(/secret/);
  });

  it('lets the lower-case name win, also if it is empty', () => {
    const env = { HTTPS_PROXY: 'http://upper:1', https_proxy: '', NO_PROXY: 'upper', no_proxy: 'lower' };
    const { https, none } = readProxies(env);
    expect(https).toBeUndefined();
    expect(none).toMatch(/^lower,/);
  });
});

describe('authorities', () => {
  const direct = (port: number) => `https://localhost:${port}`;

  it('trusts no certificate of an authority that is not named', async () => {
    const http = openNetwork({}).http();
    await expect(http.post(request(direct(front.port)))).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  it('tells a certificate for another host', async () => {
    const http = openNetwork({}).http(await bundle());
    await expect(http.post(request(direct(front.port)))).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('tells an expired certificate', async () => {
    const old = temporaryDirectory();
    const expired = await startFront({ names: ['localhost'], to: () => {}, directory: old, days: -1 });
    onTestFinished(() => expired.close());
    vi.stubEnv('AWS_CA_BUNDLE', expired.caFile);
    const http = openNetwork({}).http(await findCaBundle(undefined, readTextFile));
    await expect(http.post(request(direct(expired.port)))).rejects.toMatchObject({
      code: 'CERT_HAS_EXPIRED',
    });
  });

  it('tells the same through a proxy', async () => {
    const { url } = await proxy();
    const http = openNetwork({ HTTPS_PROXY: url }).http();
    const other = openNetwork({ HTTPS_PROXY: url }).http(await bundle());
    await expect(http.post(request(`https://${KMS}`))).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    await expect(other.post(request('https://other.example'))).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('reads ca_bundle of the profile, after AWS_CA_BUNDLE', async () => {
    const config = join(directory, 'config');
    writeFileSync(config, `[profile corp]\nca_bundle = ${front.caFile}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', config);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(directory, 'none'));
    vi.stubEnv('AWS_CA_BUNDLE', '');
    expect(await findCaBundle('corp', readTextFile)).toHaveLength(1);
    expect(await findCaBundle('other', readTextFile)).toBeUndefined();
    vi.stubEnv('AWS_CA_BUNDLE', '/nowhere.pem');
    await expect(findCaBundle('corp', readTextFile)).rejects.toThrow('AWS_CA_BUNDLE');
  });

  it.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['holds no certificate', 'hello'],
    ['holds garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('refuses a bundle that %s, with its path', async (_, text) => {
    const path = join(directory, 'bad.pem');
    if (text !== undefined) writeFileSync(path, text);
    vi.stubEnv('AWS_CA_BUNDLE', path);
    await expect(findCaBundle(undefined, readTextFile)).rejects.toMatchObject({
      code: 'input-aws-config',
      message: expect.stringContaining(path),
    });
  });
});
