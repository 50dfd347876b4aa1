import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import * as z from 'zod';
import { timestamp } from '../model/text.ts';
import type { Answer, Caller } from '../workflow/ports.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import type { ClientSettings } from './client-settings.ts';
import { NoCredentials, readFailure } from './failure.ts';
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
  context: CallContext,
): AccountCredentials {
  const own = sts.config.credentials;
  const pace = new Pace(context.clock, ASSUME_ROLE_QUOTA * QUOTA_SHARE);
  const providers = new Map<string, AwsCredentialIdentityProvider>();

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
      ...context,
      patience: READ_PATIENCE,
      send: () => sts.send(command),
      parse: (output) => toIdentity(parseOutputWith(assumed)(output)),
    });
  }

  /** The fall-back stands here, where credentials are obtained and renewed, so that no caller has to think of it. */
  async function obtain(account: string, named: RoleSettings): Promise<AwsCredentialIdentity> {
    const answer = await assume(account, named);
    if (answer.ok) return answer.value;
    const { failure } = answer;
    if (failure.kind === 'access-denied' && account === (await caller()).account) return own();
    throw new NoCredentials(failure);
  }

  function of(account: string): AwsCredentialIdentityProvider {
    const known = providers.get(account) ?? (role ? kept(() => obtain(account, role)) : own);
    providers.set(account, known);
    return known;
  }

  /** A client's own wrapper keeps credentials until shortly before they expire; kept once for all Regions. */
  const kept = (provider: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider =>
    new STSClient({ ...settings, credentials: provider }).config.credentials;

  return {
    of,
    reach: async (account) => {
      const at = context.clock.now().toISOString();
      if (!role) return { ok: true, value: undefined, at };
      try {
        await of(account)();
        return { ok: true, value: undefined, at };
      } catch (thrown) {
        return { ok: false, failure: readFailure('AssumeRole', thrown), at, certain: true };
      }
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
