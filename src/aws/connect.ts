import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import { KMSClient } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import type { Failure } from '../model/failure.ts';
import { text } from '../model/text.ts';
import type { Answer, Aws, Clock } from '../workflow/ports.ts';
import { call, parseWith, READ_PATIENCE } from './call.ts';
import { httpHandler } from './http.ts';
import { openKmsPlace } from './kms-place.ts';
import { Pace } from './pace.ts';
import { tuneClient } from './tune.ts';

export interface AwsSettings {
  /** A named profile; without it the SDK's own search for credentials decides. */
  readonly profile?: string;
  /** Where STS is asked who the caller is, and for everything that names no Region, unless one is configured. */
  readonly region?: string;
  readonly version: string;
  readonly clock: Clock;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS = 128;
/** Calls per second for services whose quota is not published or far above what is used here. */
const GENTLE = 5;

const identity = z.object({ Account: z.string(), Arn: text, UserId: text });
const regionsPage = z.object({
  NextToken: z.string().optional(),
  Regions: z.array(z.object({ RegionName: z.string() })).default([]),
});

/** Opens AWS through the SDK's own providers (environment, profile, SSO, …). Makes no call by itself. */
export function connectAws(settings: AwsSettings): Aws {
  const { clock, version, profile } = settings;
  const shared = {
    maxAttempts: 1,
    cacheMiddleware: true,
    customUserAgent: `keyturn/${version}`,
    ...(profile !== undefined && { profile }),
    requestHandler: httpHandler({
      connectTimeout: CONNECTION_TIMEOUT_MS,
      answerTimeout: REQUEST_TIMEOUT_MS,
      connections: CONNECTIONS,
    }),
  };
  // The configured Region where there is one: the first of a scope may be one that the account has not enabled.
  const configured = new STSClient(shared).config.region;
  const region = { region: () => configured().catch((error) => settings.region ?? Promise.reject(error)) };
  const sts = new STSClient({ ...shared, ...region });
  // One provider for all clients, so that credentials are found and renewed once.
  const { credentials } = sts.config;

  return {
    identify: async () => {
      const answer = await call({
        operation: 'GetCallerIdentity',
        pace: new Pace(clock, GENTLE),
        clock,
        patience: READ_PATIENCE,
        send: () => sts.send(new GetCallerIdentityCommand({})),
        parse: parseWith(identity),
      });
      if (!answer.ok) throw identityError(answer.failure);
      const { Account, Arn, UserId } = answer.value;
      return { account: Account, callerArn: Arn, userId: UserId, partition: Arn.split(':')[1] ?? 'aws' };
    },
    configuredRegion: async () => {
      try {
        return await sts.config.region();
      } catch (cause) {
        throw new KeyturnError(
          'aws-region',
          'No AWS Region is configured.',
          'Name one with --region, or set AWS_REGION.',
          { cause },
        );
      }
    },
    listEnabledRegions: () => {
      const account = new AccountClient({ ...shared, ...region, credentials });
      return listEnabledRegions(account, clock);
    },
    place: (place) =>
      openKmsPlace(
        place,
        tuneClient(new KMSClient({ ...shared, region: place.region, credentials }), shared.customUserAgent),
        clock,
      ),
  };
}

/** Regions in the states ENABLED and ENABLED_BY_DEFAULT, in the order of their names (kms-facts §8). */
async function listEnabledRegions(client: AccountClient, clock: Clock): Promise<Answer<readonly string[]>> {
  const pace = new Pace(clock, GENTLE);
  const regions: string[] = [];
  let NextToken: string | undefined;
  for (;;) {
    const answer = await call({
      operation: 'ListRegions',
      pace,
      clock,
      patience: READ_PATIENCE,
      send: () =>
        client.send(
          new ListRegionsCommand({
            MaxResults: 50,
            RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'],
            NextToken,
          }),
        ),
      parse: parseWith(regionsPage),
    });
    if (!answer.ok) return answer;
    regions.push(...answer.value.Regions.map(({ RegionName }) => RegionName));
    NextToken = answer.value.NextToken;
    if (NextToken === undefined) return { ...answer, value: regions.sort() };
  }
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
