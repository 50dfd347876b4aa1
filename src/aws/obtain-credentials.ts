import { getDefaultRoleAssumer, getDefaultRoleAssumerWithWebIdentity } from '@aws-sdk/client-sts';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { CredentialsProviderError } from '@smithy/core/config';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { type ClientSettings, SILENT } from './client-settings.ts';
import { UnusableCredentials } from './failure.ts';
import { withBoundedAnswers } from './metadata-bound.ts';
import type { MfaCodes } from './mfa-codes.ts';
import { findChain, followProfile } from './profile-chain.ts';
import type { SharedConfig } from './shared-config.ts';

export interface ObtainSettings {
  /** Undefined for the SDK's own search. */
  readonly profile: string | undefined;
  readonly config: SharedConfig;
  /** Of the STS clients that assume roles, their Region included. */
  readonly sts: ClientSettings & { readonly region: string };
  readonly sso: ClientSettings;
  readonly codes: MfaCodes;
  /** Milliseconds that a source of credentials may take. */
  readonly deadlineMs?: number;
}

/** A person may have to act in a credential_process; instance metadata that drips has to end too. */
const DEADLINE = 5 * 60_000;

/**
 * Credentials of a profile, from that profile alone: the SDK's own search would go on to other credentials of the
 * machine when the profile gives none. Without a profile it is that search.
 */
export function obtainCredentials(settings: ObtainSettings): AwsCredentialIdentityProvider {
  const { profile, config, sts, sso, codes, deadlineMs = DEADLINE } = settings;
  return async (properties) => {
    try {
      const chain = profile === undefined ? findChain(config, 'default') : followProfile(config, profile);
      // Asked for before the SDK begins: a source that fails while a person types would end the process.
      const given = await codes.ask(chain?.mfaDevices ?? []);
      const init = {
        clientConfig: sso,
        logger: SILENT,
        mfaCodeProvider: async (device: string) => given.get(device) ?? '',
        ...roleAssumers(sts),
      };
      const provide = profile === undefined ? defaultProvider(init) : fromIni({ ...init, profile });
      const credentials = await inTime(
        withBoundedAnswers(() => provide(properties)),
        deadlineMs,
      );
      codes.forget();
      return usable(credentials);
    } catch (thrown) {
      throw asCredentialsFailure(thrown);
    }
  };
}

async function inTime<T>(obtained: Promise<T>, ms: number): Promise<T> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => deadline.reject(new UnusableCredentials(`no credentials came within ${ms / 1000} s`)),
    ms,
  );
  try {
    return await Promise.race([obtained, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A new client for each role: the SDK's own would keep the credentials of the first for the next. */
function roleAssumers(settings: ObtainSettings['sts']) {
  const sts = { ...settings, maxAttempts: 3 };
  return {
    roleAssumer: (...given: Parameters<ReturnType<typeof getDefaultRoleAssumer>>) =>
      getDefaultRoleAssumer(sts)(...given),
    roleAssumerWithWebIdentity: (
      ...given: Parameters<ReturnType<typeof getDefaultRoleAssumerWithWebIdentity>>
    ) => getDefaultRoleAssumerWithWebIdentity(sts)(...given),
  };
}

/** A line break in a key fails much later otherwise, as a header that cannot be sent. */
export function usable(credentials: AwsCredentialIdentity): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const parts = {
    'access key id': accessKeyId,
    'secret access key': secretAccessKey,
    'session token': sessionToken || 'none',
  };
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) continue;
    throw new UnusableCredentials(`the ${name} is empty, or has a space or line break in it`);
  }
  return credentials;
}

/** Answers of AWS and failures of the network keep their class; all else is a fault of the credentials. */
function asCredentialsFailure(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return new CredentialsProviderError(String(thrown));
  const { name, message } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const isOfFile = /^E(NOENT|ACCES|PERM|ISDIR|NOTDIR)$/.test(code);
  const isKnown =
    '$metadata' in thrown || /ProviderError$|^TimeoutError$|^MfaCodeNeeded$/.test(name) || code !== '';
  return isKnown && !isOfFile ? thrown : new CredentialsProviderError(message);
}
