import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import { shellWord } from '../messages/shell-word.ts';
import type { Failure } from '../model/failure.ts';
import { text } from '../model/text.ts';
import type { Answer, Caller } from '../workflow/ports.ts';
import type { Access } from './access.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { watchClock } from './clock-skew.ts';
import { Pace } from './pace.ts';

/** Calls per second for GetCallerIdentity, which is made once for each set of credentials. */
const GENTLE = 5;

const identity = z
  .object({ Account: z.string().regex(/^\d{12}$/), Arn: text, UserId: text })
  .refine(({ Account, Arn }) => Arn.split(':')[4] === Account, {
    path: ['Arn'],
    message: 'is of another account',
  });

/**
 * Asks AWS whose credentials a client has, and what time it is there.
 * @throws KeyturnError `refused-clock` where this machine's clock is minutes off
 */
export async function askIdentity(sts: STSClient, context: CallContext): Promise<Answer<Caller>> {
  const checkClock = watchClock(sts, context.clock);
  const answer = await call({
    operation: 'GetCallerIdentity',
    pace: new Pace(context.clock, GENTLE),
    ...context,
    patience: READ_PATIENCE,
    send: () => sts.send(new GetCallerIdentityCommand({})),
    parse: (output) => toCaller(parseOutputWith(identity)(output)),
  });
  checkClock();
  return answer;
}

const toCaller = ({ Account, Arn, UserId }: z.infer<typeof identity>): Caller => ({
  account: Account,
  callerArn: Arn,
  userId: UserId,
  partition: Arn.split(':')[1] ?? 'aws',
});

/** What is wrong with the credentials and how to fix it, by the profile that they are of. */
export function identityError({ kind, code, message }: Failure, from: CredentialsOf): KeyturnError {
  const { profile } = from;
  const whose = profile === undefined ? '' : ` of profile ${profile}`;
  const said = `Could not determine the AWS caller identity${whose}: ${code}${message && ` (${message})`}.`;
  if (kind === 'credentials')
    return new KeyturnError('aws-credentials', said, mendCredentials(code, message, from));
  if (kind === 'access-denied') {
    const fix = `Check the credentials with: aws sts get-caller-identity${flagOf(profile)}`;
    return new KeyturnError('aws-denied', said, fix);
  }
  return new KeyturnError(
    'aws-failed',
    said,
    'Check the network, the Region and AWS_ENDPOINT_URL, then try again.',
  );
}

const flagOf = (profile: string | undefined): string =>
  profile === undefined ? '' : ` --profile ${shellWord(profile)}`;

/** A profile, and the command that a person signs in to it with, if it has one. */
type CredentialsOf = Pick<Access, 'profile' | 'signInCommand'>;

function mendCredentials(code: string, message: string, { profile, signInCommand }: CredentialsOf): string {
  const named = flagOf(profile);
  if (code === 'MfaCodeNeeded') {
    return 'Run the command in a terminal, or make a session with aws sts get-session-token and name a profile that has its keys.';
  }
  if (signInCommand !== undefined) return `Sign in again with: ${signInCommand}`;
  if (code === 'TokenProviderError' || /\bsso\b/i.test(message)) {
    const hint = profile === undefined ? ' (add --profile NAME where you use one)' : '';
    return `Sign in again with: aws sso login${named}${hint}`;
  }
  if (code.startsWith('Expired')) {
    return `Renew the credentials, for instance with: aws sso login${named}, then try again.`;
  }
  return profile === undefined
    ? 'Name credentials with --profile NAME or the AWS environment; check with: aws sts get-caller-identity'
    : `Mend the profile in the AWS configuration; check with: aws sts get-caller-identity${named}`;
}
