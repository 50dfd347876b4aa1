import { hexOf } from '../random.ts';
import type { ServiceCall } from './call.ts';

export function getCallerIdentity({ caller }: ServiceCall): Record<string, unknown> {
  const { account, arn, session } = caller;
  const UserId = session ? `${roleIdOf(account.id, session.role)}:${session.name}` : 'AIDASANDBOXEXAMPLE000';
  return { Arn: arn, UserId, Account: account.id };
}

/** The unique id of a role: `AROA` and 17 more, always the same here. */
export const roleIdOf = (account: string, role: string) =>
  `AROA${hexOf(`${account}/${role}`).slice(0, 17).toUpperCase()}`;
