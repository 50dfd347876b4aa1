import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import { shellWord } from '../messages/shell-word.ts';
import type { Failure } from '../model/failure.ts';
import { text } from '../model/text.ts';
import type { Answer, Caller } from '../workflow/ports.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { watchClock } from './clock-skew.ts';
import { Pace } from './pace.ts';

/** Calls per second for GetCallerIdentity, which is made once for each set of credentials. */
const GENTLE = 5;

const identity = z.object({ Account: z.string(), Arn: text, UserId: text });

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

/** What is wrong with the credentials and what mends it; `profile` where they are those of one by name. */
export function identityError({ kind, code, message }: Failure, profile?: string): KeyturnError {
  const said = `AWS does not say who the caller is: ${code}${message && ` (${message})`}.`;
  if (kind === 'credentials')
    return new KeyturnError('aws-credentials', said, mendCredentials(code, message, profile));
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

function mendCredentials(code: string, message: string, profile: string | undefined): string {
  const named = flagOf(profile);
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
