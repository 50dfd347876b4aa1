import { createHash } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath, openSigner, signingTime } from '../../src/aws/sign.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const token = fc.stringMatching(/^[A-Za-z0-9/+=]{1,64}$/);
const hostname = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,40}[a-z0-9]$/);
const segment = fc.oneof(fc.stringMatching(/^[A-Za-z0-9!'()*~_.%-]{0,8}$/), fc.string({ maxLength: 5 }));

/** A request as the reader makes it, with whom and when it is signed. */
const requests = fc.record({
  body: fc.string({ unit: 'grapheme' }),
  region: fc.stringMatching(/^[a-z]{2}(-[a-z]{2,6}){1,2}-\d$/),
  service: fc.constantFrom('kms', 'sts'),
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secretAccessKey: token,
  sessionToken: fc.option(token, { nil: undefined }),
  host: fc
    .tuple(hostname, fc.option(fc.nat(65535)))
    .map(([name, port]) => `${name}${port === null ? '' : `:${port}`}`),
  path: fc
    .array(segment, { maxLength: 4 })
    .map((segments) => new URL(`http://h/${segments.join('/').replace(/[?#\\]/g, '')}`).pathname),
  date: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  operation: fc.stringMatching(/^[A-Z][A-Za-z]{2,20}$/),
});
type Made = typeof requests extends fc.Arbitrary<infer T> ? T : never;

function headersOf({ body, host, date, operation, sessionToken }: Made): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.1',
    host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': signingTime(date),
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    'x-amz-target': `TrentService.${operation}`,
  };
}

async function signedBySdk(made: Made): Promise<unknown> {
  const { accessKeyId, secretAccessKey, sessionToken, region, service, path, body, date } = made;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signer = await new KMSClient({ region, credentials }).config.signer();
  const request = { method: 'POST', protocol: 'https:', hostname: 'h', path, query: {}, body };
  const options = { signingDate: date, signingRegion: region, signingService: service };
  const { headers } = await signer.sign({ ...request, headers: headersOf(made) }, options);
  return headers['authorization'];
}

describe('our signature', () => {
  it("is the SDK's, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (made) => {
        const { region, service, path, body, accessKeyId, secretAccessKey } = made;
        const request = {
          method: 'POST',
          path: canonicalPath(path),
          headers: headersOf(made),
          bodyHash: sha256(body),
        };
        const ours = openSigner(region, service)(request, { accessKeyId, secretAccessKey });
        expect(ours).toBe(await signedBySdk(made));
      }),
      { numRuns: 300 },
    );
  });

  it('follows the day and the credentials from call to call', async () => {
    const sign = openSigner('eu-central-1', 'kms');
    const made = fc.sample(requests, { numRuns: 4, seed: 1 });
    const days = [new Date('2026-11-23T23:59:59Z'), new Date('2026-11-24T00:00:00Z')];
    for (const one of [...made, ...made]) {
      for (const date of days) {
        const each = { ...one, region: 'eu-central-1', service: 'kms', date } as const;
        const { path, body } = each;
        const request = {
          method: 'POST',
          path: canonicalPath(path),
          headers: headersOf(each),
          bodyHash: sha256(body),
        };
        expect(sign(request, each)).toBe(await signedBySdk(each));
      }
    }
  });

  // From AWS's test suite for Signature Version 4 (aws-sig-v4-test-suite): those without a query.
  it.each([
    ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-header-key-sort',
      'POST',
      '/',
      { 'my-header1': 'value1' },
      '',
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-x-www-form-urlencoded',
      'POST',
      '/',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'Param1=value1',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    ['get-utf8', 'GET', '/ሴ', {}, '', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    [
      'get-unreserved',
      'GET',
      '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
      {},
      '',
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    [
      'get-space',
      'GET',
      '/example space/',
      {},
      '',
      '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
    ],
    [
      'get-slashes',
      'GET',
      '//example//',
      {},
      '',
      '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84',
    ],
  ])('is the one that AWS published: %s', (_, method, path, more, body, signature) => {
    const headers = Object.fromEntries(
      Object.entries({ ...more, host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' }).sort(),
    );
    const credentials = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    };
    const request = { method, path: canonicalPath(path), headers, bodyHash: sha256(body) };
    expect(openSigner('us-east-1', 'service')(request, credentials)).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${Object.keys(headers).join(';')}, Signature=${signature}`,
    );
  });
});
