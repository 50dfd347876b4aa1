import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { KeyturnError } from '../messages/error.ts';
import type { AskedProfile, Aws, Caller, Clock } from '../workflow/ports.ts';
import type { CallContext } from './call.ts';
import { clientSettings, connectHttp } from './client-settings.ts';
import { accountCredentials, type RoleSettings } from './credentials.ts';
import { homeRegion, type JudgeCredentials, judgeCredentials } from './credentials-check.ts';
import { askIdentity, identityError } from './identity.ts';
import { openKmsPlace } from './kms-place.ts';
import { type NamedProfile, profileCredentials } from './profiles.ts';
import { QUOTA_SHARE } from './quotas.ts';
import { findKms, type KmsEndpoint, openReader } from './reader.ts';

export interface AwsSettings {
  /** A named profile; without it the SDK's own search for credentials decides. */
  readonly profile?: string;
  /** Several profiles instead, each for the account that it is of. */
  readonly profiles?: readonly NamedProfile[];
  /** Where STS is asked who the caller is, and the Region for everything that names none. */
  readonly region?: string;
  /** The role to assume in each account; without it the caller's own credentials serve. */
  readonly role?: RoleSettings;
  /** The share of each published quota to take, above 0 and at most 1. */
  readonly pace?: number;
  readonly version: string;
  readonly clock: Clock;
  /** Hears of each answer of AWS that was a throttle. */
  readonly onThrottled?: CallContext['onThrottled'];
}

/** Opens AWS through the SDK's own providers (environment, profile, SSO, …). Makes no call by itself. */
export function connectAws(settings: AwsSettings): Aws {
  const {
    clock,
    onThrottled = () => {},
    pace = QUOTA_SHARE,
    profiles,
    profile = profiles?.[0]?.name,
  } = settings;
  const context = { clock, onThrottled };
  const http = connectHttp();
  const named = { version: settings.version, ...(profile !== undefined && { profile }) };
  const shared = clientSettings(named, http);
  // The configured Region where there is one: the first of a scope may be one that the account has not enabled.
  const configured = new STSClient(shared).config.region;
  const region = () => configured().catch((error) => settings.region ?? Promise.reject(error));
  const regional = { ...shared, region };
  const sts = new STSClient(regional);
  const byProfile = profiles && profileCredentials(profiles, regional, context);
  let caller: Promise<Caller> | undefined;
  const identify = () => {
    caller ??= byProfile ? byProfile.ask().then(firstCaller) : identifyCaller(sts, context);
    return caller;
  };
  const credentials = byProfile ?? accountCredentials(sts, regional, identify, settings.role, context);
  const endpoints = new Map<string, Promise<KmsEndpoint>>();
  function endpointOf(region: string): Promise<KmsEndpoint> {
    const known = endpoints.get(region) ?? findKms(new KMSClient({ ...shared, region }));
    endpoints.set(region, known);
    return known;
  }
  const judges = new Map<string, JudgeCredentials>();
  /** The Region that answered who the caller is comes first: it is known to work. */
  function judgeOf(account: string): JudgeCredentials {
    const own = credentials.of(account);
    const clients = () => [
      new STSClient({ ...regional, credentials: own }),
      new STSClient({
        ...regional,
        credentials: own,
        region: async () => homeRegion(await region()) ?? region(),
      }),
    ];
    const known = judges.get(account) ?? judgeCredentials(clients, context);
    judges.set(account, known);
    return known;
  }

  return {
    identify,
    askProfiles: async () => byProfile?.ask() ?? [],
    configuredRegion: async () => {
      try {
        return await region();
      } catch (cause) {
        throw new KeyturnError(
          'aws-region',
          'No AWS Region is configured.',
          'Name one with --region, or set AWS_REGION.',
          { cause },
        );
      }
    },
    listAccounts: async (units) => {
      const { listAccounts } = await import('./organization.ts');
      return listAccounts(regional, sts.config.credentials, context, units);
    },
    reach: (account) => credentials.reach(account),
    listEnabledRegions: async (account) => {
      const { listEnabledRegions } = await import('./regions.ts');
      return listEnabledRegions(regional, credentials.of(account), context);
    },
    place: (place) => {
      const { account, region } = place;
      const own = credentials.of(account);
      const read = openReader({
        endpoint: () => endpointOf(region),
        credentials: own,
        post: http.post,
        userAgent: shared.customUserAgent,
      });
      const client = () => new KMSClient({ ...shared, region, credentials: own });
      return openKmsPlace(place, { client, read, onThrottled, judge: judgeOf(account) }, clock, pace);
    },
  };
}

async function identifyCaller(sts: STSClient, context: CallContext): Promise<Caller> {
  const answer = await askIdentity(sts, context);
  if (answer.ok) return answer.value;
  throw identityError(answer.failure);
}

/** Of several profiles the first that AWS takes stands for the person. */
function firstCaller(asked: readonly AskedProfile[]): Caller {
  for (const profile of asked) if (profile.kind === 'answered') return profile.caller;
  for (const profile of asked) if (profile.kind === 'failed') throw profile.error;
  throw new RangeError('no profile');
}
