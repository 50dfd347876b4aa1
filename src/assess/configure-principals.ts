import { DEFAULT_ROLES } from '../model/default-roles.ts';
import type { Rollout } from '../model/rollout.ts';
import { accountOf, type EnableCall } from './policy-access.ts';

/**
 * Who is to turn rotation on in an account: the role that is assumed there. In the caller's own account, and without
 * roles, nobody has said who will configure: the caller of the assessment and a role of the usual name are likely.
 */
export function configurePrincipals(
  { callerArn, roles }: Partial<Pick<Rollout, 'callerArn' | 'roles'>>,
  account: string,
  partition: string,
): Pick<EnableCall, 'principals' | 'isSure'> {
  const role = `arn:${partition}:iam::${account}:role/${roles?.configure ?? DEFAULT_ROLES.configure}`;
  const isOwn = callerArn !== undefined && accountOf(callerArn) === account;
  if (roles && !isOwn) return { principals: [role], isSure: true };
  return { principals: [...(isOwn ? [callerArn] : []), role], isSure: false };
}
