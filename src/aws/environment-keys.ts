import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { KeyturnError } from '../messages/error.ts';
import { usable } from './obtain-credentials.ts';

/**
 * The access key in the environment. It wins over AWS_PROFILE, and a profile named with --profile wins over it, as in
 * the AWS CLI (botocore, `create_credential_resolver`).
 * @throws KeyturnError `input-aws-config` for half a key: the SDK would go on to another identity
 */
export function environmentKeys(env: NodeJS.ProcessEnv): AwsCredentialIdentityProvider | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!id && !secret) return undefined;
  if (!id || !secret) throw halfKey(id ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID');
  const credentials = { accessKeyId: id, secretAccessKey: secret, ...(token && { sessionToken: token }) };
  return async () => usable(credentials);
}

const halfKey = (missing: string): KeyturnError =>
  new KeyturnError(
    'input-aws-config',
    `The environment has half of an access key: ${missing} is not set.`,
    `Set ${missing} too, or unset both.`,
  );
