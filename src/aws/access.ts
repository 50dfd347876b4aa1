import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { shellWord } from '../messages/shell-word.ts';
import { type ClientSettings, clientSettings } from './client-settings.ts';
import { readEndpointSettings, type Service } from './endpoint-settings.ts';
import { environmentKeys } from './environment-keys.ts';
import type { Http } from './http.ts';
import { type AskMfaCode, mfaCodes } from './mfa-codes.ts';
import { obtainCredentials } from './obtain-credentials.ts';
import { findChain } from './profile-chain.ts';
import { readRegion } from './region-settings.ts';
import { readSharedConfig, type SharedConfig, undefinedProfile } from './shared-config.ts';

/** One way into AWS: a profile with its own settings, or what the environment and the SDK's search give. */
export interface Access {
  /** Undefined if no profile is named. */
  readonly profile: string | undefined;
  /** The configured Region. */
  readonly region: string | undefined;
  /** The command that a person signs in again with; undefined for credentials of another kind. */
  readonly signInCommand: string | undefined;
  readonly http: Http;
  client(service: Service): ClientSettings;
  /** Credentials, kept and renewed before they expire. @param region of the STS that assumes roles */
  credentials(region: string): AwsCredentialIdentityProvider;
}

export interface AccessSettings {
  readonly version: string;
  /** The profile that a person named; it wins over everything in the environment. */
  readonly profile: string | undefined;
  readonly http: (profile: string | undefined) => Promise<Http>;
  readonly askMfaCode: AskMfaCode | undefined;
  /** Hears that an access key in the environment wins over AWS_PROFILE, as in the AWS CLI. */
  readonly onEnvironmentKeys: (profile: string) => void;
}

/**
 * Reads the settings of one way into AWS. Makes no call.
 * @throws KeyturnError `input-profiles` if the profile is not defined, `input-aws-config` or `aws-region` if a setting
 *   is not understood
 */
export async function openAccess(settings: AccessSettings): Promise<Access> {
  const { env } = process;
  const { version, profile: named } = settings;
  const profile = named ?? (env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || undefined);
  const config = await readSharedConfig();
  if (profile !== undefined && !config.credentials(profile))
    throw undefinedProfile(profile, named === undefined);
  const name = { profile: profile ?? 'default', env };
  const endpoints = readEndpointSettings(config, name);
  const region = readRegion(config, name);
  const keys = named === undefined ? environmentKeys(env) : undefined;
  if (keys && profile !== undefined) settings.onEnvironmentKeys(profile);
  const http = await settings.http(profile);
  const client = (service: Service) => clientSettings({ version, profile, http, endpoints }, service);
  const codes = mfaCodes(name.profile, settings.askMfaCode);
  const kept = new Map<string, AwsCredentialIdentityProvider>();

  function credentialsBy(region: string): AwsCredentialIdentityProvider {
    const sts = { ...client('STS'), region };
    const credentials = keys ?? obtainCredentials({ profile, config, sts, sso: client('SSO'), codes });
    // A client's own wrapper keeps credentials until shortly before they expire.
    return new STSClient({ ...sts, credentials }).config.credentials;
  }

  return {
    profile,
    region,
    signInCommand: keys ? undefined : signInCommand(config, name.profile),
    http,
    client,
    credentials: (region) => {
      const known = kept.get(region) ?? credentialsBy(region);
      kept.set(region, known);
      return known;
    },
  };
}

/** The profile to sign in with may be the source of the one that is named. */
function signInCommand(config: SharedConfig, profile: string): string | undefined {
  const last = findChain(config, profile)?.last ?? profile;
  const { login_session, sso_session, sso_start_url } = config.credentials(last) ?? {};
  if (login_session !== undefined) return `aws login --profile ${shellWord(last)}`;
  return (sso_session ?? sso_start_url) ? `aws sso login --profile ${shellWord(last)}` : undefined;
}
