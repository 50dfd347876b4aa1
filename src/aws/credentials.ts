import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import * as z from 'zod';
import { timestamp } from '../model/text.ts';
import type { Answer, Caller, Clock } from '../workflow/ports.ts';
import { call, parseWith, READ_PATIENCE } from './call.ts';
import type { ClientSettings } from './client-settings.ts';
import { Pace } from './pace.ts';
import { QUOTA_SHARE } from './quotas.ts';

/** A role that is assumed in each account, and what its trust policy may ask for. */
export interface RoleSettings {
  readonly name: string;
  /** Carries the rollout, so that CloudTrail tells its calls from others. */
  readonly sessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
}

/** AssumeRole calls per second and calling account (kms-facts §2). */
const ASSUME_ROLE_QUOTA = 600;
/** A chained session lasts an hour at most, so none asks for more (kms-facts §7.5). */
const SESSION_SECONDS = 3600;

const assumed = z.object({
  Credentials: z.object({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: timestamp,
  }),
});

export interface AccountCredentials {
  /** Credentials for an account, renewed by themselves before they expire. */
  of(account: string): AwsCredentialIdentityProvider;
  /** Obtains them once, to know whether the account can be reached at all. */
  reach(account: string): Promise<Answer<void>>;
}

/**
 * Credentials by account: the caller's own without a role, and also in the caller's own account where the role is
 * absent there; those of the assumed role elsewhere.
 */
export function accountCredentials(
  sts: STSClient,
  settings: ClientSettings,
  caller: () => Promise<Caller>,
  role: RoleSettings | undefined,
  clock: Clock,
): AccountCredentials {
  const own = sts.config.credentials;
  const pace = new Pace(clock, ASSUME_ROLE_QUOTA * QUOTA_SHARE);
  const providers = new Map<string, AwsCredentialIdentityProvider>();
  const reached = new Map<string, Promise<Answer<void>>>();

  async function assume(account: string, { name, sessionName, externalId, sourceIdentity }: RoleSettings) {
    const { partition } = await caller();
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${partition}:iam::${account}:role/${name}`,
      RoleSessionName: sessionName,
      DurationSeconds: SESSION_SECONDS,
      ExternalId: externalId,
      SourceIdentity: sourceIdentity,
    });
    return call({
      operation: 'AssumeRole',
      pace,
      clock,
      patience: READ_PATIENCE,
      send: () => sts.send(command),
      parse: (output) => toIdentity(parseWith(assumed)(output)),
    });
  }

  function roleProvider(account: string, named: RoleSettings): AwsCredentialIdentityProvider {
    const provider = async (): Promise<AwsCredentialIdentity> => {
      const answer = await assume(account, named);
      if (answer.ok) return answer.value;
      const { code, message } = answer.failure;
      throw Object.assign(new Error(message), { name: code });
    };
    // A client's own wrapper keeps credentials until shortly before they expire; kept once for all Regions.
    return new STSClient({ ...settings, credentials: provider }).config.credentials;
  }

  function of(account: string): AwsCredentialIdentityProvider {
    const known = providers.get(account) ?? (role ? roleProvider(account, role) : own);
    providers.set(account, known);
    return known;
  }

  async function tryRole(account: string): Promise<Answer<void>> {
    const at = clock.now().toISOString();
    if (!role) return { ok: true, value: undefined, at };
    const answer = await assume(account, role);
    const isOwn = account === (await caller()).account;
    if (!answer.ok && isOwn && answer.failure.kind === 'access-denied') providers.set(account, own);
    else if (!answer.ok) return answer;
    return { ok: true, value: undefined, at };
  }

  return {
    of,
    reach: (account) => {
      const tried = reached.get(account) ?? tryRole(account);
      reached.set(account, tried);
      return tried;
    },
  };
}

function toIdentity({ Credentials }: z.infer<typeof assumed>): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: new Date(Expiration),
  };
}
