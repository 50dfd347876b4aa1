import { KeyturnError } from '../../messages/error.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Aws } from '../ports.ts';
import { callersOf } from './profiles.ts';

/**
 * Makes sure that the credentials are of an account that the rollout is about: to those of another, its keys are
 * simply not there.
 * @returns the caller's ARN; those of several profiles, separated by a comma and a space
 * @throws KeyturnError `refused-foreign-account`, or `input-profiles`
 */
export async function checkCaller(aws: Aws, { scope, roles }: AssessedRollout): Promise<string> {
  const first = await aws.identify();
  const asked = await aws.askProfiles();
  const callers = asked.length > 0 ? callersOf(asked) : [first];
  const own = callers.filter(({ account }) => scope.accounts.includes(account));
  // With roles the caller is somewhere else on purpose; whether an account can be reached shows when it is.
  const used = roles ? callers : own;
  if (used.length > 0) return used.map(({ callerArn }) => callerArn).join(', ');
  throw new KeyturnError(
    'refused-foreign-account',
    `The credentials are of account ${callers.map(({ account }) => account).join(', ')}; this rollout is about ${scope.accounts.join(', ')}.`,
    'Use credentials of that account, for instance with --profile NAME.',
  );
}
