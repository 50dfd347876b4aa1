import { KeyturnError } from '../../messages/error.ts';
import type { Notify } from '../../messages/message.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Aws, Clock } from '../../workflow/ports.ts';
import type { AccessOptions, CommonOptions } from '../settings/takes.ts';
import { VERSION } from '../version.ts';
import { systemClock } from './clock.ts';
import { mfaPrompt } from './mfa.ts';

/** What a connection is for: reading and changing use different roles. */
export interface Purpose {
  readonly rollout: Pick<Rollout, 'id' | 'roles' | 'profiles'> & { readonly scope?: Rollout['scope'] };
  readonly role: 'assess' | 'configure';
  /** Hears of what AWS throttles. */
  readonly notify: Notify;
  /** The clock of the phase (default: the machine's). */
  readonly clock?: Clock;
}

/**
 * AWS through the SDK's own providers. Where the rollout goes by roles, one is assumed in each account, with a session
 * name that carries the rollout.
 */
export async function openAws(
  options: AccessOptions,
  { rollout, role, notify, clock = systemClock }: Purpose,
  regions: readonly string[] = rollout.scope?.regions ?? [],
): Promise<Aws> {
  const { connectAws } = await import('../../aws/connect.ts');
  const { readTextFile } = await import('../../files/read-text.ts');
  const { roleName, configureRoleName, externalId, sourceIdentity, pace } = options;
  const { orgRole, orgProfile } = options;
  const named = role === 'assess' ? roleName : configureRoleName;
  return connectAws({
    version: VERSION,
    clock,
    readFile: readTextFile,
    onThrottled: (operation) => notify({ code: 'throttled', operation }),
    ...profilesOf(options, rollout),
    regions,
    onEnvironmentKeys: (profile) => notify({ code: 'environment-keys', profile }),
    ...mfaPrompt(),
    ...(pace !== undefined && { pace }),
    lister: {
      ...(orgRole !== undefined && { roleArn: orgRole }),
      ...(orgProfile !== undefined && { profile: orgProfile }),
    },
    ...(rollout.roles && {
      role: {
        name: named ?? rollout.roles[role],
        sessionName: `keyturn-${rollout.id}`,
        ...(externalId !== undefined && { externalId }),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
    }),
  });
}

/** Several profiles, or those that a rollout went by, are each for its account; a single one is for whatever there is. */
function profilesOf({ profile: named = [] }: CommonOptions, { roles, profiles: kept }: Purpose['rollout']) {
  if (named.length > 1 && roles) throw profilesAndRoles('this rollout goes by roles');
  const [only] = named;
  if (named.length < 2 && !kept) return only === undefined ? {} : { profile: only };
  const known = (name: string) => kept?.find((each) => each.name === name) ?? { name };
  return { profiles: kept && named.length === 0 ? kept : named.map(known) };
}

/** Several profiles each have an account; a role is assumed from one. */
export function profilesAndRoles(found: string): KeyturnError {
  return new KeyturnError(
    'input-argument',
    `Several profiles are each for their own account, and ${found}.`,
    'Name one profile, from which the roles can be assumed, or leave the roles out.',
  );
}
