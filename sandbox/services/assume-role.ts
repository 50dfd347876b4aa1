import { AwsError, notAuthorized, validation } from '../error.ts';
import { isRecord } from '../kms/input.ts';
import type { RoleSettings } from '../settings/organization.ts';
import { type Account, partitionOf } from '../state/cloud.ts';
import { arnOfSession, type Session } from '../state/session.ts';
import type { ServiceCall } from './call.ts';
import { NAME, optionalWord, wholeNumber, word } from './form.ts';
import { roleIdOf } from './sts.ts';

const HOUR = 3600;
const ROLE_ARN = /^arn:([a-z-]+):iam::(\d{12}):role\/(.+)$/;

interface Wanted {
  readonly arn: string;
  readonly name: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly seconds: number | undefined;
}

/** AssumeRole: what the request is, whether the role trusts the caller, for how long; then credentials. */
export function assumeRole(call: ServiceCall): Record<string, unknown> {
  const wanted = wantedBy(call);
  const { account, role } = trustingRole(call, wanted);
  const sourceIdentity = allowedIdentity(call, wanted, role);
  const seconds = allowedSeconds(call, wanted, role);
  const session: Session = {
    account: account.id,
    role: role.name.split('/').at(-1) ?? role.name,
    name: wanted.name,
    expiresAt: call.now + 1000 * (call.settings.sts?.sessionSeconds ?? seconds),
    sourceIdentity,
  };
  return answerOf(call, session);
}

function wantedBy({ input }: ServiceCall): Wanted {
  const wanted = {
    arn: word(input, 'RoleArn', { min: 20, max: 2048 }),
    name: word(input, 'RoleSessionName', { min: 2, max: 64, pattern: NAME }),
    externalId: optionalWord(input, 'ExternalId', { min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' }),
    sourceIdentity: optionalWord(input, 'SourceIdentity', { min: 2, max: 64, pattern: NAME }),
    seconds: wholeNumber(input, 'DurationSeconds', 900, 43_200),
  };
  checkSessionPolicy(optionalWord(input, 'Policy', { min: 1, max: 2048 }));
  return wanted;
}

/** A session policy is checked for its form and not evaluated. */
function checkSessionPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  try {
    if (isRecord(JSON.parse(policy))) return;
  } catch {
    // Refused below like a document of another kind.
  }
  throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json');
}

/** AWS does not tell a role that does not exist from one that does not trust the caller. */
function trustingRole(
  call: ServiceCall,
  { arn, externalId }: Wanted,
): { account: Account; role: RoleSettings } {
  const [, partition, id = '', name] = ROLE_ARN.exec(arn) ?? [];
  if (name === undefined) throw validation(`${arn} is invalid`);
  const account = call.cloud.accounts.get(id);
  const role = account?.roles.find((candidate) => candidate.name === name);
  const refusal = notAuthorized(call.caller.arn, 'sts:AssumeRole', arn);
  if (!account || !role || partition !== partitionOf(call.region)) throw refusal;
  if (account.state !== 'ACTIVE' && account.state !== 'PENDING_CLOSURE') throw refusal;
  const trusts = role.trusts ?? [call.cloud.organization?.managementAccount ?? call.cloud.home.id];
  if (!trusts.includes(call.caller.account.id)) throw refusal;
  if (role.externalId !== undefined && role.externalId !== externalId) throw refusal;
  return { account, role };
}

/** A source identity that a session has goes with it, and cannot be exchanged for another. */
function allowedIdentity({ caller }: ServiceCall, wanted: Wanted, role: RoleSettings): string | undefined {
  const before = caller.session?.sourceIdentity;
  const identity = wanted.sourceIdentity ?? before;
  const isExchanged = before !== undefined && identity !== before;
  if (identity !== undefined && (isExchanged || role.sourceIdentityAllowed !== true)) {
    throw notAuthorized(caller.arn, 'sts:SetSourceIdentity', wanted.arn);
  }
  return identity;
}

function allowedSeconds({ caller }: ServiceCall, { seconds = HOUR }: Wanted, role: RoleSettings): number {
  if (caller.session && seconds > HOUR) {
    throw validation(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > (role.maxSessionSeconds ?? HOUR)) {
    throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

function answerOf({ sessions, region }: ServiceCall, session: Session) {
  const { accessKeyId, secretAccessKey, sessionToken } = sessions.issue(session);
  const { account, role, name, sourceIdentity } = session;
  return {
    AssumedRoleUser: {
      AssumedRoleId: `${roleIdOf(account, role)}:${name}`,
      Arn: arnOfSession(session, region),
    },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(session.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
}
