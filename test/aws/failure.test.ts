import { describe, expect, it } from 'vitest';
import { readFailure, surelyNotDone } from '../../src/aws/failure.ts';

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
    ['CredentialsProviderError', undefined, 'credentials', true],
    ['KMSInternalException', 500, 'server', false],
    ['DependencyTimeoutException', 500, 'server', false],
    ['AccessDeniedException', 500, 'server', false],
    ['Error', 503, 'server', false],
    ['TimeoutError', undefined, 'network', false],
    ['Error', undefined, 'network', false],
    ['SyntaxError', 200, 'malformed-answer', false],
    ['toString', undefined, 'network', false],
  ] as const)('%s with status %s is %s; surely not done: %s', (name, status, kind, certain) => {
    const failure = readFailure('EnableKeyRotation', thrown(name, status));
    expect(failure).toMatchObject({ kind, code: name, operation: 'EnableKeyRotation' });
    expect(surelyNotDone(failure)).toBe(certain);
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
    expect(surelyNotDone(failure)).toBe(certain);
  });

  it('keeps an empty message empty, a request id, and survives whatever else was thrown', () => {
    const named = thrown('UnsupportedOperationException', 400, { message: '' });
    named.$metadata = { httpStatusCode: 400, requestId: 'r-1' } as typeof named.$metadata;
    expect(readFailure('o', named)).toMatchObject({ message: '', requestId: 'r-1' });
    for (const odd of [undefined, null, 'text', 7, {}, []]) {
      expect(surelyNotDone(readFailure('o', odd))).toBe(false);
    }
  });
});
