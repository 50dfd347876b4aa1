import { KeyturnError } from '../messages/error.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { Aws } from './ports.ts';

/**
 * Makes sure that the credentials are of the account that the rollout is about: to those of another, its keys are
 * simply not there.
 * @returns the caller's ARN
 * @throws KeyturnError `refused-foreign-account`
 */
export async function checkCaller(aws: Aws, { scope, roles }: AssessedRollout): Promise<string> {
  const { account, callerArn } = await aws.identify();
  // With roles the caller is somewhere else on purpose; whether an account can be reached shows when it is.
  if (roles || scope.accounts.includes(account)) return callerArn;
  throw new KeyturnError(
    'refused-foreign-account',
    `The credentials are of account ${account}; this rollout is about ${scope.accounts.join(', ')}.`,
    'Use credentials of that account, for instance with --profile NAME.',
  );
}
