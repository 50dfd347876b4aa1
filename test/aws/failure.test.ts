import { describe, expect, it } from 'vitest';
import { NoCredentials, readFailure, surelyNotDone } from '../../src/aws/failure.ts';

const thrown = (name: string, httpStatusCode?: number, more: object = {}) =>
  Object.assign(new Error('m'), {
    name,
    $metadata: httpStatusCode === undefined ? {} : { httpStatusCode },
    ...more,
  });

describe('a failure', () => {
  it.each([
    ['AccessDeniedException', 400, 'access-denied', true],
    ['ThrottlingException', 400, 'throttled', true],
    ['NotFoundException', 400, 'not-found', true],
    ['DisabledException', 400, 'invalid-state', true],
    ['KMSInvalidStateException', 400, 'invalid-state', true],
    ['UnsupportedOperationException', 400, 'unsupported', true],
    ['ValidationException', 400, 'invalid-request', true],
    ['LimitExceededException', 400, 'invalid-request', true],
    ['SomethingOfTomorrowException', 400, 'invalid-request', true],
    ['ExpiredTokenException', 400, 'credentials', true],
    ['UnrecognizedClientException', 400, 'credentials', true],
    ['InvalidClientTokenId', 403, 'credentials', true],
    ['AuthFailure', 401, 'credentials', true],
    ['OptInRequired', 403, 'region-unavailable', true],
    ['RegionDisabledException', 403, 'region-unavailable', true],
    ['NotAuthorized', 400, 'access-denied', true],
    ['InternalFailure', 500, 'server', false],
    ['ServiceUnavailable', 503, 'server', false],
    ['RequestTimeoutException', 408, 'server', false],
    ['SlowDown', 429, 'throttled', true],
    ['ValidationError', 400, 'invalid-request', true],
    ['UnknownOperationException', 404, 'invalid-request', true],
    ['CredentialsProviderError', undefined, 'credentials', true],
    ['KMSInternalException', 500, 'server', false],
    ['DependencyTimeoutException', 500, 'server', false],
    ['AccessDeniedException', 500, 'server', false],
    ['TimeoutError', undefined, 'network', false],
    ['Error', undefined, 'network', false],
    ['SyntaxError', 200, 'malformed-answer', false],
    ['toString', undefined, 'network', false],
  ] as const)('%s with status %s is %s; surely not done: %s', (name, status, kind, certain) => {
    const failure = readFailure('EnableKeyRotation', thrown(name, status));
    expect(failure).toMatchObject({ kind, code: name, operation: 'EnableKeyRotation' });
    expect(surelyNotDone('EnableKeyRotation', failure)).toBe(certain);
  });

  it.each([
    ['ECONNRESET', false],
    ['EPIPE', false],
    ['ETIMEDOUT', false],
    ['ECONNREFUSED', true],
    ['ENOTFOUND', true],
    ['EAI_AGAIN', true],
  ])('of the connection with %s is surely not done: %s', (code, certain) => {
    const failure = readFailure('EnableKeyRotation', thrown('Error', undefined, { code }));
    expect(failure).toMatchObject({ kind: 'network', code });
    expect(surelyNotDone('EnableKeyRotation', failure)).toBe(certain);
  });

  it.each([
    ['Unknown', 302, 'malformed-answer'],
    ['SyntaxError', 403, 'malformed-answer'],
    ['Error', 407, 'malformed-answer'],
    ['UnknownError', 413, 'malformed-answer'],
    ['Error', 503, 'server'],
  ] as const)(
    'of an answer without a code (%s) has its HTTP status %i, and may have been acted on',
    (name, status, kind) => {
      const failure = readFailure('EnableKeyRotation', thrown(name, status));
      expect(failure).toMatchObject({ kind, code: `HTTP ${status}` });
      expect(surelyNotDone('EnableKeyRotation', failure)).toBe(false);
    },
  );

  it.each([
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('of a certificate keeps its code %s and was not sent', (code) => {
    const failure = readFailure('EnableKeyRotation', thrown('Error', undefined, { code }));
    expect(failure).toMatchObject({ kind: 'network', code });
    expect(surelyNotDone('EnableKeyRotation', failure)).toBe(true);
  });

  it('of a file or a token of the configuration is about the credentials', () => {
    const missing = thrown('Error', undefined, { code: 'ENOENT', syscall: 'open' });
    const broken = thrown('InvalidArgumentError', undefined, { code: 'UND_ERR_INVALID_ARG' });
    for (const each of [missing, broken]) expect(readFailure('o', each).kind).toBe('credentials');
    const refused = thrown('Error', undefined, { code: 'EACCES', syscall: 'connect' });
    expect(readFailure('o', refused).kind).toBe('network');
  });

  it('to obtain credentials stays the failure of that call: what needed them was not sent', () => {
    const denied = readFailure('AssumeRole', thrown('AccessDenied', 403));
    const failure = readFailure('EnableKeyRotation', new NoCredentials(denied));
    expect(failure).toMatchObject({ operation: 'AssumeRole', kind: 'access-denied' });
    const lost = readFailure(
      'EnableKeyRotation',
      new NoCredentials(readFailure('AssumeRole', thrown('Error'))),
    );
    expect(surelyNotDone('EnableKeyRotation', lost)).toBe(true);
  });

  it('keeps an empty message empty, a request id, and survives whatever else was thrown', () => {
    const named = thrown('UnsupportedOperationException', 400, { message: '' });
    named.$metadata = { httpStatusCode: 400, requestId: 'r-1' } as typeof named.$metadata;
    expect(readFailure('o', named)).toMatchObject({ message: '', requestId: 'r-1' });
    for (const odd of [undefined, null, 'text', 7, {}, []]) {
      expect(surelyNotDone('o', readFailure('o', odd))).toBe(false);
    }
  });
});
