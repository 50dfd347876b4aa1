import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../error.ts';
import type { Running } from '../running.ts';
import type { Account } from '../state/cloud.ts';
import { accountNamed, arnOfSession, type Session } from '../state/session.ts';
import type { Credential } from './recognise.ts';

/** Who calls: the account that the credentials belong to, and whether they are any good. */
export interface Caller {
  readonly account: Account;
  readonly arn: string;
  readonly session?: Session | undefined;
  readonly refusal?: AwsError | undefined;
}

const MISSING = () => new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
const EXPIRED = () =>
  new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
export const UNRECOGNIZED = () =>
  new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');

/** A caller that is refused still has an account, for the log. */
export function callerOf(
  { cloud, sessions, clock }: Running,
  credential: Credential | undefined,
  headers: IncomingHttpHeaders,
): Caller {
  const { home } = cloud;
  if (!credential) return user(home, MISSING());
  const { accessKey } = credential;
  if (accessKey.startsWith('EXPIRED')) return user(home, EXPIRED());
  const token = headers['x-amz-security-token'];
  const session = typeof token === 'string' ? sessions.of(accessKey, token) : undefined;
  if (session) {
    const account = cloud.accounts.get(session.account);
    if (!account) return user(home, UNRECOGNIZED());
    const refusal = clock.now() >= session.expiresAt ? EXPIRED() : refusalOfState(account);
    return { account, arn: arnOfSession(session, credential.region), session, refusal };
  }
  return userWith(accessKey, home, cloud.accounts, cloud.organization !== undefined);
}

function userWith(
  accessKey: string,
  home: Account,
  accounts: ReadonlyMap<string, Account>,
  isOrganization: boolean,
): Caller {
  const named = accountNamed(accessKey);
  const account = named === undefined ? undefined : accounts.get(named);
  // The access key of a session is nothing without its token.
  if (accessKey.startsWith('ASIA')) return user(account ?? home, account && UNRECOGNIZED());
  if (account) return user(account, refusalOfState(account));
  return user(home, isOrganization && named !== undefined ? UNRECOGNIZED() : undefined);
}

const user = (account: Account, refusal?: AwsError | undefined): Caller => ({
  account,
  arn: account.callerArn,
  refusal,
});

/** An account that was closed or never activated answers nobody. */
const refusalOfState = ({ state }: Account) =>
  state === 'ACTIVE' || state === 'PENDING_CLOSURE' ? undefined : UNRECOGNIZED();
