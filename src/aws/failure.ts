import { withoutSecrets } from '../messages/secrets.ts';
import { FAILURE_KINDS, type Failure, type FailureKind } from '../model/failure.ts';
import { cutText } from '../model/text.ts';
import { describeCredentialsProblem } from './credentials-words.ts';

/** AWS's codes by class: those of KMS and STS, and the common errors of all services (kms-facts §3, §13.2, §13.3). */
const CODES_OF: Readonly<Partial<Record<FailureKind, readonly string[]>>> = {
  'access-denied': ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'NotAuthorized'],
  credentials: [
    'CredentialsProviderError',
    'TokenProviderError',
    'MfaCodeNeeded',
    'ExpiredToken',
    'ExpiredTokenException',
    'RequestExpired',
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'AuthFailure',
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'MissingAuthenticationTokenException',
    'MissingAuthenticationToken',
    // A key or a token with a character that no HTTP header can have, such as a line break.
    'UND_ERR_INVALID_ARG',
    'ERR_INVALID_CHAR',
  ],
  'region-unavailable': [
    'OptInRequired',
    'RegionDisabledException',
    'SubscriptionRequiredException',
    'PendingVerification',
  ],
  throttled: [
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'RequestThrottled',
    'RequestThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'SlowDown',
  ],
  'not-found': ['NotFoundException'],
  'invalid-state': ['DisabledException', 'KMSInvalidStateException'],
  unsupported: ['UnsupportedOperationException'],
  server: [
    'DependencyTimeoutException',
    'KMSInternalException',
    'KeyUnavailableException',
    'InternalFailure',
    'InternalError',
    'InternalServerError',
    'InternalServerException',
    'ServiceException',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'Unavailable',
    'RequestTimeout',
    'RequestTimeoutException',
    'RequestAbortedException',
    'IDPCommunicationError',
  ],
  network: ['TimeoutError'],
  'malformed-answer': ['SyntaxError', 'UndocumentedAnswer', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'],
};

const BY_CODE: ReadonlyMap<string, FailureKind> = new Map(
  FAILURE_KINDS.flatMap((kind) => (CODES_OF[kind] ?? []).map((code) => [code, kind])),
);

/** Names that JavaScript and the SDK give to an error for want of a code of AWS. */
const NO_CODE = new Set(['Error', 'SyntaxError', 'TypeError', 'Unknown', 'UnknownError']);

/** A connection that was refused before anything was sent: by the certificate's check, or by a proxy. */
const REFUSED_CONNECTION =
  /^(PROXY_\d{3}$|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$)/;

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
  readonly syscall?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: unknown };
  readonly $response?: { readonly statusCode?: number };
}

/** UTF-16 units that are kept of a code and of a message. AWS's longest, with several ARNs, have half of that. */
const MAX_CODE = 128;
const MAX_MESSAGE = 4096;

const REQUEST_ID = /^[\w.+/=-]{1,128}$/;

/** AWS's request id; what has not the form of one is none. */
export function requestIdOf($metadata: { readonly requestId?: unknown } | undefined): {
  readonly requestId?: string;
} {
  const requestId = $metadata?.requestId;
  return typeof requestId === 'string' && REQUEST_ID.test(requestId) ? { requestId } : {};
}

/** A call that had no credentials to be made with: carries the failure of the call that was to obtain them. */
export class NoCredentials extends Error {
  override readonly name = 'NoCredentials';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Credentials that cannot be used, in words of Keyturn's own: they quote no more than names. */
export class UnusableCredentials extends Error {
  override readonly name = 'CredentialsProviderError';
}

/**
 * Reads an error that the SDK threw as a failure. Branches on AWS's code and the HTTP status, never on the message
 * (kms-facts §3).
 */
export function readFailure(operation: string, thrown: unknown): Failure {
  if (thrown instanceof NoCredentials) return thrown.failure;
  const error: Thrown = typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) };
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const code = codeOf(error, status);
  const kind = isFileError(error) ? 'credentials' : kindOf(code, status);
  return {
    operation,
    kind,
    code: cutText(code, MAX_CODE),
    message: cutText(messageOf(error, kind), MAX_MESSAGE),
    ...requestIdOf(error.$metadata),
  };
}

/** A file that the AWS configuration names cannot be read: nothing else is read for a call. */
function isFileError({ code, syscall }: Thrown): boolean {
  const isFile = syscall === 'open' || syscall === 'read' || syscall === 'stat';
  return (
    isFile && typeof code === 'string' && ['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR'].includes(code)
  );
}

/**
 * AWS may send none (kms-facts §1.2); the SDK then makes one up, which is not to be quoted as AWS's. Those about
 * credentials, the signature of a request among them, are replaced: they can hold secrets.
 */
function messageOf(error: Thrown, kind: FailureKind): string {
  const { name, message } = error;
  if (typeof message !== 'string' || MADE_UP.has(message)) return '';
  const isOwn = error instanceof UnusableCredentials || name === 'MfaCodeNeeded';
  if (kind === 'credentials' && !isOwn) return describeCredentialsProblem(message);
  // Node quotes some of the text around the place where JSON is broken.
  if (/is not valid JSON|in JSON at position/.test(message)) return 'the answer is not valid JSON';
  // A secret that is cut in two could be told no more: what is looked through is longer than what is kept.
  return withoutSecrets(message.slice(0, 4 * MAX_MESSAGE));
}

const MADE_UP = new Set(['Unknown', 'UnknownError']);

/**
 * Whether AWS surely did not act on a call that failed so. If in doubt, no (kms-facts §3: read back first). A call that
 * had no credentials was not sent.
 */
export function surelyNotDone(operation: string, failure: Failure): boolean {
  const { kind, code } = failure;
  if (failure.operation !== operation || NEVER_SENT.has(code) || REFUSED_CONNECTION.test(code)) return true;
  return !(kind === 'server' || kind === 'network' || kind === 'malformed-answer');
}

/** Node and undici put a system error's code in `code`; AWS's is in `name`. An answer without one has its status. */
function codeOf({ name, code }: Thrown, status: number | undefined): string {
  if (typeof code === 'string' && (/^(E|UND_ERR_)[A-Z_]+$/.test(code) || REFUSED_CONNECTION.test(code))) {
    return code;
  }
  const named = typeof name === 'string' ? name : 'UnknownError';
  return NO_CODE.has(named) && status !== undefined && status >= 300 ? `HTTP ${status}` : named;
}

/** An answer of 300 or more without a code is not AWS's: a proxy or a gateway made it. */
function kindOf(code: string, status: number | undefined): FailureKind {
  if (status !== undefined && status >= 500) return 'server';
  // An error beside a success is the failure to read it.
  if (status !== undefined && status < 300) return 'malformed-answer';
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  if (status === undefined) return 'network';
  return code.startsWith('HTTP ') ? 'malformed-answer' : 'invalid-request';
}
