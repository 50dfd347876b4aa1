/** Environment variables whose values are secrets, by their names. */
const SECRET_NAME = /SECRET|TOKEN|PASSWORD|PASSPHRASE/i;
const PATH_NAME = /_(FILE|URI|URL)$/i;
/** Characters. A shorter value is in ordinary text by chance. */
const MIN_SECRET_LENGTH = 8;

const USER_INFO = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>]{1,300}@/gi;
/** Node goes on with the whole command line and with what the command printed. */
const FAILED_COMMAND = /Command failed: [\s\S]*/;

/**
 * A message without the secrets that libraries quote in theirs: passwords in URLs, the command line and the output of a
 * command that failed, and values of the environment.
 */
export function withoutSecrets(message: string, env: NodeJS.ProcessEnv = process.env): string {
  const redacted = message.replace(FAILED_COMMAND, 'Command failed').replace(USER_INFO, '$1***@');
  return secretsOf(env).reduce((text, secret) => text.replaceAll(secret, '***'), redacted);
}

const secretsOf = (env: NodeJS.ProcessEnv): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && !PATH_NAME.test(name) && value && value.length >= MIN_SECRET_LENGTH
      ? [value]
      : [],
  );
