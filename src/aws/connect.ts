import { KMSClient } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import type { Failure } from '../model/failure.ts';
import { text } from '../model/text.ts';
import type { Aws, Caller, Clock } from '../workflow/ports.ts';
import { call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { clientSettings, connectHttp } from './client-settings.ts';
import { accountCredentials, type RoleSettings } from './credentials.ts';
import { openKmsPlace } from './kms-place.ts';
import { Pace } from './pace.ts';
import { QUOTA_SHARE } from './quotas.ts';
import { findKms, type KmsEndpoint, openReader } from './reader.ts';

export interface AwsSettings {
  /** A named profile; without it the SDK's own search for credentials decides. */
  readonly profile?: string;
  /** Where STS is asked who the caller is, and the Region for everything that names none. */
  readonly region?: string;
  /** The role to assume in each account; without it the caller's own credentials serve. */
  readonly role?: RoleSettings;
  /** The share of each published quota to take, above 0 and at most 1. */
  readonly pace?: number;
  readonly version: string;
  readonly clock: Clock;
}

/** Calls per second for GetCallerIdentity, which is made once. */
const GENTLE = 5;

const identity = z.object({ Account: z.string(), Arn: text, UserId: text });

/** Opens AWS through the SDK's own providers (environment, profile, SSO, …). Makes no call by itself. */
export function connectAws(settings: AwsSettings): Aws {
  const { clock, pace = QUOTA_SHARE } = settings;
  const http = connectHttp();
  const shared = clientSettings(settings, http);
  // The configured Region where there is one: the first of a scope may be one that the account has not enabled.
  const configured = new STSClient(shared).config.region;
  const region = () => configured().catch((error) => settings.region ?? Promise.reject(error));
  const regional = { ...shared, region };
  const sts = new STSClient(regional);
  let caller: Promise<Caller> | undefined;
  const identify = () => {
    caller ??= identifyCaller(sts, clock);
    return caller;
  };
  const credentials = accountCredentials(sts, regional, identify, settings.role, clock);
  const endpoints = new Map<string, Promise<KmsEndpoint>>();
  function endpointOf(region: string): Promise<KmsEndpoint> {
    const known = endpoints.get(region) ?? findKms(new KMSClient({ ...shared, region }));
    endpoints.set(region, known);
    return known;
  }

  return {
    identify,
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
      return listAccounts(regional, sts.config.credentials, clock, units);
    },
    reach: (account) => credentials.reach(account),
    listEnabledRegions: async (account) => {
      const { listEnabledRegions } = await import('./regions.ts');
      return listEnabledRegions(regional, credentials.of(account), clock);
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
      return openKmsPlace(place, { client, read }, clock, pace);
    },
  };
}

async function identifyCaller(sts: STSClient, clock: Clock): Promise<Caller> {
  const answer = await call({
    operation: 'GetCallerIdentity',
    pace: new Pace(clock, GENTLE),
    clock,
    patience: READ_PATIENCE,
    send: () => sts.send(new GetCallerIdentityCommand({})),
    parse: parseOutputWith(identity),
  });
  if (!answer.ok) throw identityError(answer.failure);
  const { Account, Arn, UserId } = answer.value;
  return { account: Account, callerArn: Arn, userId: UserId, partition: Arn.split(':')[1] ?? 'aws' };
}

function identityError({ kind, code, message }: Failure): KeyturnError {
  const said = `AWS does not say who the caller is: ${code}${message && ` (${message})`}.`;
  if (kind === 'credentials')
    return new KeyturnError('aws-credentials', said, mendCredentials(code, message));
  if (kind === 'access-denied') {
    return new KeyturnError('aws-denied', said, 'Check the credentials with: aws sts get-caller-identity');
  }
  return new KeyturnError(
    'aws-failed',
    said,
    'Check the network, the Region and AWS_ENDPOINT_URL, then try again.',
  );
}

function mendCredentials(code: string, message: string): string {
  if (code === 'TokenProviderError' || /\bsso\b/i.test(message)) {
    return 'Sign in again with: aws sso login (add --profile NAME where you use one)';
  }
  if (code.startsWith('Expired')) {
    return 'Renew the credentials, for instance with: aws sso login, then try again.';
  }
  return 'Name credentials with --profile NAME or the AWS environment; check with: aws sts get-caller-identity';
}
