import { EnableKeyRotationCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { type ClientOptions, clientSettings } from '../../src/aws/client-settings.ts';
import { readEndpointSettings } from '../../src/aws/endpoint-settings.ts';
import { findKms } from '../../src/aws/reader.ts';
import type { Section, SharedConfig } from '../../src/aws/shared-config.ts';

/** A config file with one profile, and perhaps a services section of the name `s`. */
function configOf(profile: Section, services?: Section): SharedConfig {
  const find = (name: string) => (name === 'p' ? profile : undefined);
  return { settings: find, credentials: find, section: (_, name) => (name === 's' ? services : undefined) };
}
const read = (profile: Section, env: NodeJS.ProcessEnv = {}, services?: Section) =>
  readEndpointSettings(configOf(profile, services), { profile: 'p', env });

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'input-aws-config', message: expect.stringMatching(message) });

describe('true and false', () => {
  it.each(['true', 'True', 'TRUE'])('%s counts in the environment and in a file', (word) => {
    expect(read({}, { AWS_USE_FIPS_ENDPOINT: word }).useFipsEndpoint).toBe(true);
    expect(read({ use_fips_endpoint: word }).useFipsEndpoint).toBe(true);
    expect(read({}, { AWS_USE_DUALSTACK_ENDPOINT: word }).useDualstackEndpoint).toBe(true);
    expect(read({ use_dualstack_endpoint: word }).useDualstackEndpoint).toBe(true);
    expect(read({ ignore_configured_endpoint_urls: word, endpoint_url: 'http://a' }).endpointOf('KMS')).toBe(
      undefined,
    );
  });

  it('of the environment goes before a file', () => {
    expect(read({ use_fips_endpoint: 'true' }, { AWS_USE_FIPS_ENDPOINT: 'False' }).useFipsEndpoint).toBe(
      false,
    );
    expect(read({ use_fips_endpoint: 'true' }, { AWS_USE_FIPS_ENDPOINT: '' }).useFipsEndpoint).toBe(true);
  });

  it.each(['1', 'yes', 'on', ' true', '"true"'])('%s is refused, and never off', (word) => {
    expect(() => read({}, { AWS_USE_FIPS_ENDPOINT: word })).toThrow(refused(/^AWS_USE_FIPS_ENDPOINT is /));
    expect(() => read({ use_fips_endpoint: word })).toThrow(refused(/^use_fips_endpoint of profile p is /));
    expect(() => read({}, { AWS_USE_DUALSTACK_ENDPOINT: word })).toThrow(refused(/DUALSTACK/));
    expect(() => read({ ignore_configured_endpoint_urls: word })).toThrow(refused(/ignore_configured/));
  });
});

describe('an endpoint', () => {
  const FILE = { endpoint_url: 'http://all', services: 's' };
  const KMS = { 'kms.endpoint_url': 'http://kms' };

  it('is, in this order: a service or all in the environment, a service or all in the file', () => {
    const all = { AWS_ENDPOINT_URL_KMS: 'http://env-kms', AWS_ENDPOINT_URL: 'http://env' };
    const kms = (env: NodeJS.ProcessEnv, services?: Section) =>
      read(FILE, env, services ?? {}).endpointOf('KMS');
    expect(kms(all, KMS)).toBe('http://env-kms');
    expect(kms({ AWS_ENDPOINT_URL: 'http://env' }, KMS)).toBe('http://env');
    expect(kms({}, KMS)).toBe('http://kms');
    expect(kms({})).toBe('http://all');
    expect(read(FILE, {}, KMS).endpointOf('STS')).toBe('http://all');
    expect(read({}).endpointOf('KMS')).toBe(undefined);
    expect(kms({ ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' }, KMS)).toBe(undefined);
  });

  it('is refused if its services section is missing, or if it is not a URL', () => {
    expect(() => read(FILE)).toThrow(refused(/services section s/));
    expect(() => read({ endpoint_url: 'localhost:4566' }).endpointOf('KMS')).toThrow(
      refused(/^endpoint_url of profile p/),
    );
    expect(() => read({}, { AWS_ENDPOINT_URL: 'kms' }).endpointOf('KMS')).toThrow(
      refused(/^AWS_ENDPOINT_URL/),
    );
  });

  it('is refused beside FIPS or dual stack', () => {
    const fips = read({ endpoint_url: 'http://a', use_fips_endpoint: 'true' });
    expect(() => fips.endpointOf('KMS')).toThrow(refused(/FIPS/));
    expect(() =>
      read({ use_dualstack_endpoint: 'true' }, { AWS_ENDPOINT_URL: 'http://a' }).endpointOf('STS'),
    ).toThrow(refused(/dual-stack/));
  });
});

it.each([
  [{ use_fips_endpoint: 'True' }, 'kms-fips.us-east-1.amazonaws.com'],
  [{ use_dualstack_endpoint: 'TRUE' }, 'kms.us-east-1.api.aws'],
  [{}, 'kms.us-east-1.amazonaws.com'],
  [{ endpoint_url: 'https://vpce.example' }, 'vpce.example'],
])('reads and changes with %j go to %s', async (profile, host) => {
  const hosts: string[] = [];
  const http: ClientOptions['http'] = {
    handler: {
      handle: async ({ hostname }) => {
        hosts.push(hostname);
        throw new Error('not sent');
      },
    },
    post: () => Promise.reject(new Error('not sent')),
  };
  const settings = clientSettings({ version: 'test', profile: 'p', http, endpoints: read(profile) }, 'KMS');
  const credentials = { accessKeyId: 'A', secretAccessKey: 's' };
  const client = new KMSClient({ ...settings, region: 'us-east-1', credentials });
  expect((await findKms(client)).url.host).toBe(host);
  await expect(client.send(new EnableKeyRotationCommand({ KeyId: 'k' }))).rejects.toThrow('not sent');
  expect(hosts).toEqual([host]);
});
