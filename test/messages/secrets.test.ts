import { describe, expect, it } from 'vitest';
import { readFailure } from '../../src/aws/failure.ts';
import { KeyturnError } from '../../src/messages/error.ts';
import { withoutSecrets } from '../../src/messages/secrets.ts';

const MARK = 'hunter2-hunter2';

describe('a message', () => {
  it.each([
    [`connect to http://user:${MARK}@proxy:8080 failed`, 'connect to http://***@proxy:8080 failed'],
    [`https://${MARK}@kms.example/ and ftp://a:${MARK}@b`, 'https://***@kms.example/ and ftp://***@b'],
    [`Command failed: vault --token ${MARK}\nbad ${MARK}\n`, 'Command failed'],
    [`the token ${MARK} is not valid`, 'the token *** is not valid'],
    ['nothing of the kind: see https://docs.aws.amazon.com/kms', undefined],
  ])('is told without secrets: %s', (message, told = message) => {
    const env = { AWS_SESSION_TOKEN: MARK, AWS_REGION: 'eu-central-1', MY_TOKEN_FILE: 'https://docs' };
    expect(withoutSecrets(message, env)).toBe(told);
  });

  it('of an error is, in its problems too', () => {
    const error = new KeyturnError('aws-failed', `no http://u:${MARK}@h`, 'fix', {
      problems: [`Command failed: ${MARK}`],
    });
    expect(JSON.stringify([error, error.message, error.problems])).not.toContain(MARK);
  });

  it('of a long hostile text costs milliseconds', () => {
    const begun = performance.now();
    for (const piece of ['a', '://', 'a://b', '@'])
      withoutSecrets(piece.repeat(20_000), { AWS_SESSION_TOKEN: MARK });
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

const provider = (message: string, name = 'CredentialsProviderError') =>
  Object.assign(new Error(message), { name });
const answered = (name: string, message: string) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 403 } });

describe('a failure that is stored', () => {
  it.each([
    provider(`Command failed: p --token ${MARK}\n${MARK}`),
    provider(`Failed to load token from /home/x/${MARK}.json: Error: ENOENT, open ${MARK}`),
    provider(`ENOENT: no such file or directory, open '/keys/${MARK}'`),
    provider(`${MARK} is not a valid container metadata service URL`),
    provider(`Conflicting SSO start_url: https://${MARK}.awsapps.com/start`),
    provider(`The SSO session token associated with profile=${MARK} was not found or is invalid.`),
    provider(`Unsupported credential source in profile p. Got ${MARK}`),
    provider(`Token not present in '${MARK}' environment variable`, 'TokenProviderError'),
    answered('SignatureDoesNotMatch', `The Canonical String should have been 'x-amz-security-token:${MARK}'`),
    answered('ExpiredToken', `The token ${MARK} is expired`),
    Object.assign(new SyntaxError(`Unexpected token 'x', "${MARK}" is not valid JSON`), {
      $metadata: { httpStatusCode: 200 },
    }),
    Object.assign(new Error(`invalid header: ${MARK}`), { code: 'UND_ERR_INVALID_ARG' }),
    new Error(`connect http://u:${MARK}@proxy failed`),
  ])('keeps none of: $message', (thrown) => {
    expect(JSON.stringify(readFailure('GetCallerIdentity', thrown))).not.toContain(MARK);
  });
});
