import { DEFAULT_ROLES } from '../../model/default-roles.ts';
import type { Rollout } from '../../model/rollout.ts';
import { profilesAndRoles } from '../session/open-aws.ts';
import type { ScopeOptions } from '../settings/takes.ts';

/**
 * Roles are assumed as soon as an account is named that may not be the caller's own, or a role is.
 * @throws KeyturnError `input-argument` where several profiles are named too
 */
export function rolesOf(options: ScopeOptions): Rollout['roles'] {
  const { org, ou, account, roleName, configureRoleName, profile = [] } = options;
  if (profile.length > 1) {
    refuseRoles(options);
    return undefined;
  }
  if (!org && !ou && !account && roleName === undefined && configureRoleName === undefined) return undefined;
  return {
    assess: roleName ?? DEFAULT_ROLES.assess,
    configure: configureRoleName ?? DEFAULT_ROLES.configure,
  };
}

function refuseRoles({ org, ou, roleName, configureRoleName }: ScopeOptions): void {
  const given = Object.entries({
    '--org': org,
    '--ou': ou !== undefined,
    '--role-name': roleName !== undefined,
    '--configure-role-name': configureRoleName !== undefined,
  }).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  if (given.length > 0) throw profilesAndRoles(`${given.join(', ')} goes by roles`);
}
