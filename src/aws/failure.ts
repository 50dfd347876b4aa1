import type { Failure, FailureKind } from '../model/failure.ts';

const BY_CODE: Readonly<Record<string, FailureKind>> = {
  AccessDeniedException: 'access-denied',
  AccessDenied: 'access-denied',
  UnauthorizedOperation: 'access-denied',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  NotFoundException: 'not-found',
  DisabledException: 'invalid-state',
  KMSInvalidStateException: 'invalid-state',
  UnsupportedOperationException: 'unsupported',
  DependencyTimeoutException: 'server',
  KMSInternalException: 'server',
  InternalFailure: 'server',
  ServiceUnavailable: 'server',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  RequestExpired: 'credentials',
  UnrecognizedClientException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  IncompleteSignature: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  MissingAuthenticationToken: 'credentials',
  TimeoutError: 'network',
  SyntaxError: 'malformed-answer',
  UndocumentedAnswer: 'malformed-answer',
};

/** Connection errors after which the request cannot have reached AWS. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number };
}

/**
 * Reads an error that the SDK threw as a failure. Branches on AWS's code and the HTTP status, never on the message
 * (kms-facts §3).
 */
export function readFailure(operation: string, thrown: unknown): Failure {
  const error: Thrown = typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) };
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const code = codeOf(error);
  const requestId = error.$metadata?.requestId;
  return {
    operation,
    kind: kindOf(code, status),
    code: code.toWellFormed(),
    message: messageOf(error),
    ...(requestId !== undefined && { requestId }),
  };
}

/** AWS may send none (kms-facts §1.2); the SDK then makes one up, which is not to be quoted as AWS's. */
function messageOf({ message }: Thrown): string {
  return typeof message === 'string' && message !== 'UnknownError' ? message.toWellFormed() : '';
}

/** Whether AWS surely did not act on a call that failed so. Where in doubt, no (kms-facts §3: read back first). */
export function surelyNotDone({ kind, code }: Failure): boolean {
  return NEVER_SENT.has(code) || !(kind === 'server' || kind === 'network' || kind === 'malformed-answer');
}

/** Node and undici put a system error's code in `code`; AWS's stands in `name`. */
function codeOf({ name, code }: Thrown): string {
  if (typeof code === 'string' && /^(E|UND_ERR_)[A-Z_]+$/.test(code)) return code;
  return typeof name === 'string' ? name : 'UnknownError';
}

function kindOf(code: string, status: number | undefined): FailureKind {
  if (status !== undefined && status >= 500) return 'server';
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? 'network';
  return status === undefined ? 'network' : 'invalid-request';
}
