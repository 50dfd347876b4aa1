import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';
import { shellWord } from '../messages/shell-word.ts';
import type { Failure } from '../model/failure.ts';
import type { Answer, Caller } from '../workflow/ports.ts';
import type { Access } from './access.ts';
import { adviseAccess } from './access-advice.ts';
import { arn, name } from './answer-text.ts';
import { type CallContext, call, parseOutputWith, READ_PATIENCE } from './call.ts';
import { watchClock } from './clock-skew.ts';
import { Pace } from './pace.ts';

/** Calls per second for GetCallerIdentity, which is made once for each set of credentials. */
const GENTLE = 5;

const identity = z
  .object({ Account: z.string().regex(/^\d{12}$/), Arn: arn, UserId: name })
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
export function identityError(
  failure: Failure,
  { profile, signInCommand }: Pick<Access, 'profile' | 'signInCommand'>,
): KeyturnError {
  const { code, message } = failure;
  const whose = profile === undefined ? '' : ` of profile ${profile}`;
  const flag = profile === undefined ? '' : ` --profile ${shellWord(profile)}`;
  const who = { signIn: signInCommand, check: `aws sts get-caller-identity${flag}` };
  const { error, cause, fix } = adviseAccess(failure, who);
  const because = cause === undefined ? '' : `${cause}: `;
  return new KeyturnError(
    error,
    `Could not determine the AWS caller identity${whose}: ${because}${code}${message && ` (${message})`}.`,
    fix,
  );
}
