import type { Answer } from '../workflow/ports.ts';
import type { Access } from './access.ts';
import type { AccountAccess } from './accounts.ts';
import type { CallContext } from './call.ts';
import { assumeRole, assumeRolePace, type RoleSettings } from './credentials.ts';
import { identityError } from './identity.ts';
import { openSession, type Session } from './sign-in.ts';

/** A role by its ARN, or a profile by its name. */
export interface ListerSettings {
  readonly roleArn?: string;
  readonly profile?: string;
}

interface Settings {
  readonly lister?: ListerSettings;
  readonly role?: RoleSettings;
  readonly regions?: readonly string[];
}

/**
 * How the accounts of the organization are listed: with the caller's own credentials, unless a role or a profile is named
 * for it. Nothing else is done with those.
 * @throws KeyturnError if the profile gives no credentials
 */
export async function findLister(
  session: Session,
  { lister = {}, role, regions = [] }: Settings,
  open: (profile: string) => Promise<Access>,
  context: CallContext,
): Promise<Answer<AccountAccess>> {
  const { profile, roleArn } = lister;
  if (profile !== undefined) {
    const own = openSession(() => open(profile), regions, context);
    const answer = await own.signIn();
    if (answer.ok) return answer;
    throw identityError(answer.failure, await own.access());
  }
  if (roleArn === undefined)
    return { ok: true, value: await session.own(), at: context.clock.now().toISOString() };
  const signed = await session.signIn();
  if (!signed.ok) return signed;
  const pace = assumeRolePace(context);
  const assumed = await assumeRole(
    signed.value,
    roleArn,
    { sessionName: 'keyturn', ...role },
    { ...context, pace },
  );
  if (!assumed.ok) return assumed;
  return { ...assumed, value: { ...signed.value, credentials: async () => assumed.value } };
}
