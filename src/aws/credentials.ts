import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import * as z from 'zod';
import { timestamp } from '../model/text.ts';
import type { Answer } from '../workflow/ports.ts';
import type { AccountAccess, Accounts } from './accounts.ts';
import { arn, name, word } from './answer-text.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE, undocumentedAnswer } from './call.ts';
import { NoCredentials, readFailure } from './failure.ts';
import { Pace } from './pace.ts';
import { QUOTA_SHARE } from './quotas.ts';
import type { Session, SignedIn } from './sign-in.ts';

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

/** It becomes a header. AWS names no limit, and sends some hundred characters. */
const MAX_SESSION_TOKEN = 8192;

const assumed = z.object({
  AssumedRoleUser: z.object({ AssumedRoleId: name, Arn: arn }),
  Credentials: z.object({
    AccessKeyId: word.min(1),
    SecretAccessKey: word.min(1),
    SessionToken: z.string().min(1).max(MAX_SESSION_TOKEN),
    Expiration: timestamp,
  }),
});
const parseAssumed = parseOutputWith(assumed);

/**
 * Accounts that are reached from one caller: with its own credentials without a role, and also in its own account if
 * the role is not there; with those of the assumed role elsewhere.
 */
export function accountsByCaller(
  session: Session,
  role: RoleSettings | undefined,
  context: CallContext,
): Accounts {
  const pace = assumeRolePace(context);
  const providers = new Map<string, AwsCredentialIdentityProvider>();

  async function find(account: string): Promise<Answer<AccountAccess>> {
    if (!role) return { ok: true, value: await session.own(), at: context.clock.now().toISOString() };
    const answer = await session.signIn();
    if (!answer.ok) return answer;
    const from = answer.value;
    const known = providers.get(account) ?? kept(from, () => obtain(from, account, role));
    providers.set(account, known);
    return { ...answer, value: { ...from, credentials: known } };
  }

  /** The caller's own credentials serve in its own account wherever they are obtained or renewed. */
  async function obtain(
    from: SignedIn,
    account: string,
    named: RoleSettings,
  ): Promise<AwsCredentialIdentity> {
    const arn = `arn:${from.caller.partition}:iam::${account}:role/${named.name}`;
    const answer = await assumeRole(from, arn, named, { ...context, pace });
    if (answer.ok) return answer.value;
    const { failure } = answer;
    if (failure.kind === 'access-denied' && account === from.caller.account) return from.credentials();
    throw new NoCredentials(failure);
  }

  return {
    find,
    reach: async (account) => {
      const found = await find(account);
      if (!found.ok) return found;
      const at = context.clock.now().toISOString();
      if (!role) return { ok: true, value: undefined, at };
      try {
        await found.value.credentials();
        return { ok: true, value: undefined, at };
      } catch (thrown) {
        return { ok: false, failure: readFailure('AssumeRole', thrown), at, certain: true };
      }
    },
  };
}

/** A client's own wrapper keeps credentials until shortly before they expire; kept once for all Regions. */
function kept({ access, region }: SignedIn, provider: AwsCredentialIdentityProvider) {
  return new STSClient({ ...access.client('STS'), region, credentials: provider }).config.credentials;
}

export const assumeRolePace = ({ clock }: CallContext): Pace =>
  new Pace(clock, ASSUME_ROLE_QUOTA * QUOTA_SHARE);

export function assumeRole(
  { access, region, credentials }: SignedIn,
  RoleArn: string,
  { sessionName, externalId, sourceIdentity }: Omit<RoleSettings, 'name'>,
  context: CallContext & { readonly pace: Pace },
): Promise<Answer<AwsCredentialIdentity>> {
  const sts = new STSClient({ ...access.client('STS'), region, credentials });
  const command = new AssumeRoleCommand({
    RoleArn,
    RoleSessionName: sessionName,
    DurationSeconds: SESSION_SECONDS,
    ExternalId: externalId,
    SourceIdentity: sourceIdentity,
  });
  return call({
    operation: 'AssumeRole',
    ...context,
    patience: READ_PATIENCE,
    send: () => sts.send(command),
    parse: (output) => toIdentity(parseAssumed(output), RoleArn),
  });
}

/** Credentials for another account than the one asked for would read, and change, that one's keys. */
function toIdentity(
  { AssumedRoleUser, Credentials }: z.infer<typeof assumed>,
  roleArn: string,
): AwsCredentialIdentity {
  if (AssumedRoleUser.Arn.split(':')[4] !== roleArn.split(':')[4]) {
    throw undocumentedAnswer(`AssumeRole answered for ${AssumedRoleUser.Arn}`);
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: new Date(Expiration),
  };
}
