import { STSClient } from '@aws-sdk/client-sts';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { Failure } from '../model/failure.ts';
import type { Answer, AskedProfile, Caller } from '../workflow/ports.ts';
import type { CallContext } from './call.ts';
import type { ClientSettings } from './client-settings.ts';
import type { AccountCredentials } from './credentials.ts';
import { NoCredentials } from './failure.ts';
import { askIdentity, identityError } from './identity.ts';

/** One of several profiles: its name, and the account that it was of when the rollout began. */
export interface NamedProfile {
  readonly name: string;
  readonly account?: string;
}

interface Asked {
  readonly profile: NamedProfile;
  readonly provider: AwsCredentialIdentityProvider;
  readonly identity: Answer<Caller>;
}

/**
 * Credentials by account where several profiles are named: those of the profile that AWS says is of the account.
 * Each profile is asked once, when first something is wanted of any.
 */
export function profileCredentials(
  profiles: readonly NamedProfile[],
  settings: ClientSettings,
  context: CallContext,
): AccountCredentials & { ask(): Promise<AskedProfile[]> } {
  let answers: Promise<Asked[]> | undefined;
  const asked = (): Promise<Asked[]> => {
    answers ??= Promise.all(profiles.map((profile) => askProfile(profile, settings, context)));
    return answers;
  };

  async function find(account: string): Promise<Answer<AwsCredentialIdentityProvider>> {
    const all = await asked();
    for (const { provider, identity } of all) {
      if (identity.ok && identity.value.account === account) return { ...identity, value: provider };
    }
    const at = context.clock.now().toISOString();
    return { ok: false, failure: whyNone(account, all), at, certain: true };
  }

  return {
    ask: async () => (await asked()).map(toAskedProfile),
    of: (account) => async () => {
      const found = await find(account);
      if (found.ok) return found.value();
      throw new NoCredentials(found.failure);
    },
    reach: async (account) => {
      const found = await find(account);
      return found.ok ? { ...found, value: undefined } : found;
    },
  };
}

/**
 * Only the profile itself is looked at: the SDK's own search would go on to whatever the machine has, and a name with
 * a slip in it would be taken for another account's.
 */
async function askProfile(
  profile: NamedProfile,
  settings: ClientSettings,
  context: CallContext,
): Promise<Asked> {
  const { name } = profile;
  const named = { ...settings, profile: name, credentials: fromIni({ profile: name }) };
  const { region: _, ...unplaced } = named;
  const configured = new STSClient(unplaced).config.region;
  const sts = new STSClient({ ...named, region: () => configured().catch(settings.region) });
  return { profile, provider: sts.config.credentials, identity: await askIdentity(sts, context) };
}

function toAskedProfile({ profile: { name }, identity }: Asked): AskedProfile {
  return identity.ok
    ? { kind: 'answered', name, caller: identity.value }
    : { kind: 'failed', name, error: identityError(identity.failure, name) };
}

/** A profile that failed may be the account's own, unless the rollout knows it to be another's. */
function whyNone(account: string, all: readonly Asked[]): Failure {
  const operation = 'GetCallerIdentity';
  const failed = all.flatMap(({ profile, identity }) =>
    !identity.ok && (profile.account ?? account) === account
      ? [{ ...identity.failure, message: `profile ${profile.name}: ${identity.failure.message}` }]
      : [],
  );
  const [first, ...others] = failed;
  if (first) return { ...first, message: [first, ...others].map(({ message }) => message).join('; ') };
  return { operation, kind: 'credentials', code: NO_PROFILE, message: 'no profile is of this account' };
}

const NO_PROFILE = 'CredentialsProviderError';
