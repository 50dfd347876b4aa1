import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import type { KeyturnError } from '../messages/error.ts';
import type { AskedProfile, Aws, Caller, Clock } from '../workflow/ports.ts';
import { type Access, openAccess } from './access.ts';
import type { AccountAccess } from './accounts.ts';
import { findCaBundle, type ReadFile } from './ca-bundle.ts';
import type { CallContext } from './call.ts';
import { accountsByCaller, type RoleSettings } from './credentials.ts';
import { type JudgeCredentials, judgeCredentials } from './credentials-check.ts';
import { NoCredentials } from './failure.ts';
import { identityError } from './identity.ts';
import { openKmsPlace } from './kms-place.ts';
import { findLister, type ListerSettings } from './lister.ts';
import type { AskMfaCode } from './mfa-codes.ts';
import { openNetwork } from './network.ts';
import { once } from './once.ts';
import { accountsByProfile, type NamedProfile } from './profiles.ts';
import { QUOTA_SHARE } from './quotas.ts';
import { findKms, type KmsEndpoint, openReader } from './reader.ts';
import { homeRegion } from './region-settings.ts';
import { findRegion, openSession } from './sign-in.ts';

export interface AwsSettings {
  /** The profile that a person named; without it the environment and the SDK's own search decide. */
  readonly profile?: string;
  /** Several profiles instead, each for the account that it is of. */
  readonly profiles?: readonly NamedProfile[];
  /** The Regions that a person named: STS is asked in their partition. */
  readonly regions?: readonly string[];
  /** The role to assume in each account; without it the caller's own credentials serve. */
  readonly role?: RoleSettings;
  /** Who lists the accounts of the organization, if not the caller. */
  readonly lister?: ListerSettings;
  /** The share of each published quota to take, above 0 and at most 1. */
  readonly pace?: number;
  readonly version: string;
  readonly clock: Clock;
  /** Hears of each answer of AWS that was a throttle. */
  readonly onThrottled?: CallContext['onThrottled'];
  /** Hears that an access key in the environment wins over the profile that AWS_PROFILE names. */
  readonly onEnvironmentKeys?: (profile: string) => void;
  /** Undefined if no person can be asked. */
  readonly askMfaCode?: AskMfaCode;
  /** Reads a file that the AWS configuration names; without it none can be read. */
  readonly readFile?: ReadFile;
}

const noFiles: ReadFile = () => Promise.reject(new Error('no files can be read here'));

/** Opens AWS by one caller or by several profiles. Makes no call by itself. */
export function connectAws(settings: AwsSettings): Aws {
  const { clock, onThrottled = () => {}, pace = QUOTA_SHARE, profiles, role, regions = [] } = settings;
  const context = { clock, onThrottled };
  const network = openNetwork();
  const http = async (profile: string | undefined) =>
    network.http(await findCaBundle(profile, settings.readFile ?? noFiles));
  const { version, askMfaCode, onEnvironmentKeys = () => {} } = settings;
  const open = (profile: string | undefined): Promise<Access> =>
    openAccess({ version, profile, http, askMfaCode, onEnvironmentKeys });

  const session = openSession(() => open(settings.profile ?? profiles?.[0]?.name), regions, context);
  const byProfile = profiles && accountsByProfile(profiles, open, regions, context);
  const accounts = byProfile ?? accountsByCaller(session, role, context);

  const endpoints = new Map<string, Promise<KmsEndpoint>>();
  function endpointOf({ profile = '', client }: Access, region: string): Promise<KmsEndpoint> {
    const name = `${profile}\n${region}`;
    const known = endpoints.get(name) ?? findKms(new KMSClient({ ...client('KMS'), region }));
    endpoints.set(name, known);
    return known;
  }
  const judges = new Map<string, JudgeCredentials>();
  /** The Region that answered who the caller is comes first: it is known to work. */
  function judgeOf(account: string): JudgeCredentials {
    const clients = async () => {
      const { access, region, credentials } = await reached(account);
      return [...new Set([region, homeRegion(region)])].map(
        (each) => new STSClient({ ...access.client('STS'), region: each, credentials }),
      );
    };
    const known = judges.get(account) ?? judgeCredentials(clients, context);
    judges.set(account, known);
    return known;
  }

  return {
    identify: once(async () => {
      if (byProfile) return firstCaller(await byProfile.ask());
      const answer = await session.signIn();
      if (answer.ok) return answer.value.caller;
      throw identityError(answer.failure, await session.access());
    }),
    askProfiles: async () => byProfile?.ask() ?? [],
    configuredRegions: async () => byProfile?.regions() ?? [await findRegion(await session.access())],
    listAccounts: async (units, excludedUnits) => {
      const lister = await findLister(session, settings, open, context);
      if (!lister.ok) return lister;
      const { listAccounts } = await import('./organization.ts');
      return listAccounts(lister.value, context, units, excludedUnits);
    },
    reach: (account) => accounts.reach(account),
    listEnabledRegions: async (account) => {
      const { listEnabledRegions } = await import('./regions.ts');
      const found = await accounts.find(account);
      return found.ok ? listEnabledRegions(found.value, context) : found;
    },
    place: (place) => {
      const { account, region } = place;
      const found = once(() => reached(account));
      const read = openReader({
        endpoint: async () => endpointOf((await found()).access, region),
        credentials: async () => (await found()).credentials(),
        post: async (request) => (await found()).access.http.post(request),
        userAgent: `keyturn/${version}`,
      });
      const client = async () => {
        const { access, credentials } = await found();
        return new KMSClient({ ...access.client('KMS'), region, credentials });
      };
      return openKmsPlace(place, { client, read, onThrottled, judge: judgeOf(account) }, clock, pace);
    },
  };

  async function reached(account: string): Promise<AccountAccess> {
    const found = await accounts.find(account);
    if (found.ok) return found.value;
    throw new NoCredentials(found.failure);
  }
}

/**
 * Of several profiles the first that AWS takes stands for the person.
 * @throws KeyturnError of a profile that is not defined or whose settings are invalid, even if others are good
 */
function firstCaller(asked: readonly AskedProfile[]): Caller {
  for (const profile of asked) if (profile.kind === 'failed' && isInvalid(profile.error)) throw profile.error;
  for (const profile of asked) if (profile.kind === 'answered') return profile.caller;
  for (const profile of asked) if (profile.kind === 'failed') throw profile.error;
  throw new RangeError('no profile');
}

const isInvalid = ({ code }: KeyturnError): boolean => code.startsWith('input-') || code === 'aws-region';
