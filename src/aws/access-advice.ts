import type { ErrorCode } from '../messages/error.ts';
import { RAISE_LIMIT, TOO_MANY_FILES } from '../model/advice.ts';
import { adviseDenial } from '../model/denial.ts';
import type { Failure } from '../model/failure.ts';

/** Whose credentials failed, as far as that is known. */
export interface CredentialsOf {
  /** The command that a person signs in with. */
  readonly signIn: string | undefined;
  /** The command that shows whether the credentials work. */
  readonly check: string;
}

/** What is wrong, if the failure does not say it by itself; and what to do. */
export interface AccessAdvice {
  readonly error: ErrorCode;
  readonly cause?: string;
  readonly fix: string;
}

interface Row {
  /** Of the failure: AWS's code, Node's, or the one that `readFailure` made. */
  readonly code?: RegExp;
  /** Of the failure: words of the SDK or of Node, which have no code of their own. */
  readonly message?: RegExp;
  /** Of either. */
  readonly said?: RegExp;
  readonly kind?: Failure['kind'];
  /** Only for credentials that a person signs in for. */
  readonly signsIn?: true;
  readonly error: ErrorCode;
  readonly cause?: string;
  readonly fix: (who: CredentialsOf, failure: Failure) => string;
}

const NO_ANSWER =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_\w*TIMEOUT|UND_ERR_SOCKET)\b/;
const CERTIFICATE = /certificate|\b(ERR_TLS_\w+|CERT_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+)\b/i;
const UNREADABLE_FILE = /\b(ENOENT|EACCES|EPERM|EISDIR|ENOTDIR)\b/;

const CHECK_NETWORK =
  'Check the network, a proxy (HTTPS_PROXY), the Region and AWS_ENDPOINT_URL, then try again.';
const PASS_PROXY = 'Have the proxy let requests to AWS pass, or go around it with NO_PROXY.';

/**
 * From what a failure looks like to what a person can do: everything that can go wrong before the first call of KMS.
 * The first row that fits counts.
 */
const ROWS: readonly Row[] = [
  {
    code: /^MfaCodeNeeded$/,
    error: 'aws-credentials',
    fix: () =>
      'Run the command in a terminal, or make a session with aws sts get-session-token and name a profile that has its keys.',
  },
  {
    message: /credential_process/,
    error: 'aws-credentials',
    fix: ({ check }) =>
      `Run the command of credential_process by itself and fix what it prints, then check with: ${check}`,
  },
  {
    message: /Failed to load token|\blogin session\b/i,
    signsIn: true,
    error: 'aws-credentials',
    cause: 'nobody is signed in',
    fix: ({ signIn }) => `Sign in with: ${signIn}`,
  },
  {
    said: CERTIFICATE,
    error: 'aws-failed',
    cause: 'the certificate of the server is not trusted',
    fix: () =>
      'Set AWS_CA_BUNDLE, or ca_bundle of the profile, to a file with the certificate of the authority that signed it.',
  },
  {
    code: TOO_MANY_FILES,
    error: 'system-open-files',
    cause: 'there are too many open files',
    fix: () => RAISE_LIMIT,
  },
  { said: NO_ANSWER, error: 'aws-failed', cause: 'there is no answer', fix: () => CHECK_NETWORK },
  {
    message: UNREADABLE_FILE,
    kind: 'credentials',
    error: 'aws-credentials',
    cause: 'a file that the AWS configuration names cannot be read',
    fix: ({ check }) =>
      `Check web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE, and the rest of the configuration with: ${check}`,
  },
  {
    code: /^(UND_ERR_INVALID_ARG|ERR_INVALID_CHAR)$/,
    error: 'aws-credentials',
    cause: 'a key or token has a character in it that cannot be sent, such as a line break',
    fix: () => 'Set it again without the character, in the environment or in the profile.',
  },
  {
    message: /has a space or line break in it/,
    error: 'aws-credentials',
    fix: () => 'Set it again without the character, in the environment or in the profile.',
  },
  {
    message: /Region not accepted|Region is missing/,
    error: 'aws-region',
    cause: 'the configured Region is not a Region',
    fix: () => 'Set AWS_REGION, or region of the profile, without quotes and spaces, like us-east-1.',
  },
  {
    code: /^(HTTP |PROXY_)407$/,
    error: 'aws-failed',
    cause: 'a proxy asks for credentials of its own',
    fix: () => 'Write them into HTTPS_PROXY, like http://USER:PASSWORD@HOST:PORT.',
  },
  {
    code: /^(HTTP |PROXY_)3\d\d$/,
    error: 'aws-failed',
    cause: 'a proxy or a sign-in page of the network redirects the request',
    fix: () => `Sign in to the network if it asks for that. ${PASS_PROXY}`,
  },
  {
    code: /^(HTTP 4|PROXY_[45])\d\d$/,
    error: 'aws-failed',
    cause: 'the answer is that of a proxy or a gateway, not of AWS',
    fix: () => PASS_PROXY,
  },
  {
    kind: 'malformed-answer',
    error: 'aws-failed',
    cause: 'the answer is not one that AWS gives',
    fix: () => `Check AWS_ENDPOINT_URL. ${PASS_PROXY}`,
  },
  {
    code: /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure)$/,
    error: 'aws-credentials',
    cause: 'AWS does not know these credentials there',
    fix: ({ check }) =>
      `Set AWS_REGION to an enabled Region of the account's own partition, or renew the credentials; check with: ${check}`,
  },
  {
    kind: 'region-unavailable',
    error: 'aws-failed',
    cause: 'the Region is not enabled for the account',
    fix: () => 'Set AWS_REGION to a Region that is enabled.',
  },
  {
    kind: 'credentials',
    signsIn: true,
    error: 'aws-credentials',
    fix: ({ signIn }) => `Sign in again with: ${signIn}`,
  },
  {
    code: /^TokenProviderError$/,
    error: 'aws-credentials',
    fix: () => 'Sign in again with: aws sso login (add --profile NAME if you use one)',
  },
  {
    code: /^(Expired|RequestExpired)/,
    error: 'aws-credentials',
    cause: 'the credentials have expired',
    fix: ({ check }) => `Renew the credentials, then check with: ${check}`,
  },
  {
    code: /^(SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature)$/,
    error: 'aws-credentials',
    cause: 'the secret access key does not fit the access key id, or a proxy changed the request',
    fix: ({ check }) => `Set both keys again, then check with: ${check}`,
  },
  {
    kind: 'access-denied',
    error: 'aws-denied',
    fix: ({ check }, failure) => `${adviseDenial(failure, {})} Check with: ${check}`,
  },
  {
    message: /Could not load credentials from any providers/,
    error: 'aws-credentials',
    cause: 'no credentials were found',
    fix: ({ check }) =>
      `Name credentials with --profile NAME or in the AWS environment; check with: ${check}`,
  },
  {
    kind: 'credentials',
    error: 'aws-credentials',
    fix: ({ check }) => `Fix the credentials in the AWS configuration; check with: ${check}`,
  },
  { kind: 'throttled', error: 'aws-failed', fix: () => 'Try again later.' },
  { kind: 'server', error: 'aws-failed', fix: () => 'Try again later.' },
];

/** What is behind a failure to find out who the caller is. Reads words of messages for advice alone. */
export function adviseAccess(failure: Failure, who: CredentialsOf): AccessAdvice {
  const row = ROWS.find((each) => fits(each, failure, who));
  if (!row) return { error: 'aws-failed', fix: CHECK_NETWORK };
  const { error, cause, fix } = row;
  return { error, ...(cause !== undefined && { cause }), fix: fix(who, failure) };
}

function fits(
  { code, message, said, kind, signsIn }: Row,
  failure: Failure,
  { signIn }: CredentialsOf,
): boolean {
  if (signsIn && signIn === undefined) return false;
  if (kind !== undefined && kind !== failure.kind) return false;
  if (said?.test(`${failure.code} ${failure.message}`) === false) return false;
  return (code?.test(failure.code) ?? true) && (message?.test(failure.message) ?? true);
}
