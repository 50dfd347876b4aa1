import type { Account } from '../state/cloud.ts';

/** GetCallerIdentity: the one STS operation so far. */
export function getCallerIdentity(account: Account): Record<string, string> {
  return { Arn: account.callerArn, UserId: 'AIDASANDBOXEXAMPLE000', Account: account.id };
}
