/**
 * What a failure to obtain credentials may say. The SDK's own messages quote command lines, what a command printed, paths,
 * tokens and signed requests, and a failure is stored and reported: so only these sentences are kept.
 */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/Failed to (load|refresh) (a )?token|\blogin session\b/i, 'Failed to load token'],
  [/SSO session|Token is expired/, 'the SSO session has expired or does not exist'],
  [/\bSSO\b|sso_/i, 'the SSO settings are not valid'],
  [/Could not load credentials from any providers/, 'Could not load credentials from any providers'],
  [/Could not resolve credentials using profile/, 'the profile has no credentials'],
  [/metadata service/, 'the instance metadata service returned no credentials'],
  [/HTTP credential provider|Server responded/, 'the container endpoint returned no credentials'],
];

const OF_PROCESS: readonly (readonly [RegExp, string])[] = [
  [/^Profile \S+ credential_process returned invalid JSON/, 'credential_process returned invalid JSON'],
  [/^Profile \S+ credential_process returned expired/, 'credential_process returned expired credentials'],
  [/^Profile \S+ credential_process (returned|did not)/, 'credential_process returned no valid credentials'],
  [/credential_process|Command failed:|maxBuffer/, 'credential_process failed'],
];

const SYSTEM_CODE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT|EACCES|EPERM|EISDIR|ENOTDIR)\b/;

/** The sentence for a message of the SDK; empty if none fits. The code of the failure says the rest. */
export function describeCredentialsProblem(message: string): string {
  const ofProcess = sentenceFor(OF_PROCESS, message);
  // What a command printed may look like anything.
  if (ofProcess !== undefined) return ofProcess;
  const parts = [
    sentenceFor(SENTENCES, message),
    SYSTEM_CODE.exec(message)?.[0],
    /certificate/i.test(message) ? 'the certificate is not trusted' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(': ');
}

const sentenceFor = (
  sentences: readonly (readonly [RegExp, string])[],
  message: string,
): string | undefined => sentences.find(([pattern]) => pattern.test(message))?.[1];
