import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { adviseAccess } from '../../src/aws/access-advice.ts';
import { connectAws } from '../../src/aws/connect.ts';
import { proxyRefused } from '../../src/aws/exchange.ts';
import { readFailure, UnusableCredentials } from '../../src/aws/failure.ts';
import type { Clock } from '../../src/workflow/ports.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const WHO = { signIn: undefined, check: 'aws sts get-caller-identity --profile p' };
const SSO = { ...WHO, signIn: 'aws sso login --profile p' };
const LOGIN = { ...WHO, signIn: 'aws login --profile p' };
const provider = (message: string) => Object.assign(new Error(message), { name: 'CredentialsProviderError' });
const node = (code: string, message = '', syscall?: string) =>
  Object.assign(new Error(message), { code, ...(syscall && { syscall }) });
const aws = (name: string, message = '', httpStatusCode = 403) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

/** Errors as the SDK's providers and clients throw them. */
const CASES: readonly (readonly [string, unknown, typeof SSO | typeof WHO, string, RegExp])[] = [
  [
    'SSO without a network',
    provider('Error: getaddrinfo ENOTFOUND portal.sso.us-east-1.amazonaws.com'),
    SSO,
    'aws-failed',
    /^Check the network.*HTTPS_PROXY/,
  ],
  [
    'a socket beyond the limit of open files',
    node('EMFILE', 'connect EMFILE 127.0.0.1:443', 'connect'),
    WHO,
    'system-open-files',
    /ulimit -n/,
  ],
  [
    'SSO under another authority',
    provider('Error: self-signed certificate in certificate chain'),
    SSO,
    'aws-failed',
    /AWS_CA_BUNDLE/,
  ],
  [
    'SSO that expired',
    provider(
      "The SSO session token associated with profile=p was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
    ),
    SSO,
    'aws-credentials',
    /^Sign in again with: aws sso login --profile p$/,
  ],
  [
    'a token without a profile',
    Object.assign(new Error('Token is expired'), { name: 'TokenProviderError' }),
    WHO,
    'aws-credentials',
    /aws sso login/,
  ],
  [
    'aws login',
    provider(
      'Failed to load token from /h/.aws/login/cache/6e.json: Error: ENOENT: no such file or directory',
    ),
    LOGIN,
    'aws-credentials',
    /^Sign in with: aws login --profile p$/,
  ],
  [
    'MFA',
    Object.assign(new Error(''), { name: 'MfaCodeNeeded' }),
    WHO,
    'aws-credentials',
    /get-session-token/,
  ],
  [
    'STS under another authority',
    node('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
    WHO,
    'aws-failed',
    /AWS_CA_BUNDLE/,
  ],
  ['a certificate of another name', node('ERR_TLS_CERT_ALTNAME_INVALID'), WHO, 'aws-failed', /AWS_CA_BUNDLE/],
  [
    'STS without a network',
    node('ENOTFOUND', 'getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com', 'getaddrinfo'),
    WHO,
    'aws-failed',
    /^Check the network/,
  ],
  [
    'a server that does not answer',
    Object.assign(new Error(''), { name: 'TimeoutError' }),
    WHO,
    'aws-failed',
    /^Check the network/,
  ],
  [
    'a wrong endpoint',
    node('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9', 'connect'),
    WHO,
    'aws-failed',
    /AWS_ENDPOINT_URL/,
  ],
  [
    'no web identity token',
    node('ENOENT', "ENOENT: no such file or directory, open '/nope/token'", 'open'),
    WHO,
    'aws-credentials',
    /AWS_WEB_IDENTITY_TOKEN_FILE.*--profile p/,
  ],
  [
    'the same by the provider',
    provider("ENOENT: no such file or directory, open '/nope/token'"),
    WHO,
    'aws-credentials',
    /AWS_WEB_IDENTITY_TOKEN_FILE/,
  ],
  [
    'a key with a line break',
    node('UND_ERR_INVALID_ARG', 'invalid authorization header'),
    WHO,
    'aws-credentials',
    /without the character/,
  ],
  [
    'a token with a line break',
    node('ERR_INVALID_CHAR', 'Invalid character in header content'),
    WHO,
    'aws-credentials',
    /without the character/,
  ],
  [
    'a key with a blank',
    new UnusableCredentials('the access key id is empty, or has a space or line break in it'),
    WHO,
    'aws-credentials',
    /without the character/,
  ],
  [
    'a quoted Region',
    new Error('Region not accepted: region=""us-east-1"" is not a valid hostname component.'),
    WHO,
    'aws-region',
    /without quotes/,
  ],
  ['a redirect', aws('Unknown', 'Unknown', 302), WHO, 'aws-failed', /NO_PROXY/],
  ['a proxy that forbids', aws('Unknown', 'Unknown', 403), WHO, 'aws-failed', /proxy/],
  [
    'a proxy that wants a password before it connects',
    proxyRefused(407),
    WHO,
    'aws-failed',
    /USER:PASSWORD@HOST/,
  ],
  ['a proxy that does not connect', proxyRefused(502), WHO, 'aws-failed', /NO_PROXY/],
  ['a proxy that wants a password', aws('Unknown', 'Unknown', 407), WHO, 'aws-failed', /USER:PASSWORD@HOST/],
  ['a proxy with a limit', aws('Unknown', 'Unknown', 413), WHO, 'aws-failed', /proxy/],
  ['a gateway that fails', aws('Unknown', 'Unknown', 502), WHO, 'aws-failed', /Try again/],
  [
    'a page in the place of AWS',
    aws('UndocumentedAnswer', 'expected string', 200),
    WHO,
    'aws-failed',
    /AWS_ENDPOINT_URL/,
  ],
  [
    'another partition',
    aws('InvalidClientTokenId', 'The security token included in the request is invalid.'),
    SSO,
    'aws-credentials',
    /AWS_REGION.*partition.*--profile p/,
  ],
  ['a disabled Region', aws('RegionDisabledException'), WHO, 'aws-failed', /Region that is enabled/],
  ['expired keys', aws('ExpiredToken'), WHO, 'aws-credentials', /^Renew.*--profile p/],
  ['expired keys of SSO', aws('ExpiredToken'), SSO, 'aws-credentials', /^Sign in again with: aws sso login/],
  ['a wrong secret', aws('SignatureDoesNotMatch'), WHO, 'aws-credentials', /both keys/],
  [
    'a chain whose role is refused',
    aws(
      'AccessDenied',
      'User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/r',
    ),
    WHO,
    'aws-denied',
    /sts:AssumeRole.*--profile p/,
  ],
  [
    'nothing at all',
    provider('Could not load credentials from any providers'),
    WHO,
    'aws-credentials',
    /^Name credentials with --profile NAME/,
  ],
  [
    'a missing source profile',
    provider('Could not resolve credentials using profile: [missing] in configuration/credentials file(s).'),
    WHO,
    'aws-credentials',
    /AWS configuration.*--profile p/,
  ],
  [
    'credential_process that fails',
    provider("Command failed: sh -c 'vault --token=hunter2'\nhunter2 is wrong\n"),
    WHO,
    'aws-credentials',
    /^Run the command of credential_process/,
  ],
  [
    'credential_process with garbage',
    provider('Profile p credential_process returned invalid JSON.'),
    WHO,
    'aws-credentials',
    /^Run the command of credential_process/,
  ],
  [
    'credential_process that is late',
    provider('Profile p credential_process returned expired credentials.'),
    WHO,
    'aws-credentials',
    /^Run the command of credential_process/,
  ],
];

describe('what goes wrong before the first call of KMS', () => {
  it.each(CASES)('%s has its advice', (_, thrown, who, error, fix) => {
    const failure = readFailure('GetCallerIdentity', thrown);
    const advice = adviseAccess(failure, who);
    expect(advice).toMatchObject({ error, fix: expect.stringMatching(fix) });
    expect(JSON.stringify({ failure, advice })).not.toContain('hunter2');
  });
});

/** No time passes. */
const clock: Clock = { now: () => new Date(), monotonic: () => performance.now(), sleep: async () => {} };

describe('who the caller is', () => {
  it.each([
    [302, 'HTTP 302'],
    [403, 'HTTP 403'],
    [407, 'HTTP 407'],
    [413, 'HTTP 413'],
  ])('cannot be told if something else answers with %i in HTML; the status is told', async (status, said) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
    await expect(connectAws({ version: 'test', clock }).identify()).rejects.toMatchObject({
      code: 'aws-failed',
      message: expect.stringContaining(said),
      fix: expect.stringMatching(/PROXY/),
    });
  });

  it.each([
    ['credential_process = sh -c "echo hunter2 >&2; exit 3"', /credential_process failed/],
    ['credential_process = echo hunter2', /credential_process returned invalid JSON/],
    ['role_arn = arn:aws:iam::111122223333:role/x\nweb_identity_token_file = /nope/token', /ENOENT/],
  ])('is told by the profile and never by what a process prints: %s', async (setting, said) => {
    const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'config'), `[profile bad]\nregion = us-east-1\n${setting}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(directory, 'credentials'));
    const refused = connectAws({ version: 'test', clock, profile: 'bad' }).identify();
    await expect(refused).rejects.toMatchObject({
      code: 'aws-credentials',
      message: expect.stringMatching(new RegExp(`of profile bad: .*${said.source}`)),
      fix: expect.stringMatching(/--profile bad/),
    });
    await refused.catch((error) => expect(JSON.stringify(error)).not.toContain('hunter2'));
  });
});
