import { KeyturnError } from '../messages/error.ts';
import type { Failure } from '../model/failure.ts';
import type { Answer, AskedProfile } from '../workflow/ports.ts';
import type { Access } from './access.ts';
import type { AccountAccess, Accounts } from './accounts.ts';
import type { CallContext } from './call.ts';
import { identityError } from './identity.ts';
import { once } from './once.ts';
import { findRegion, type SignedIn, signIn } from './sign-in.ts';

/** One of several profiles: its name, and the account that it was of when the rollout began. */
export interface NamedProfile {
  readonly name: string;
  readonly account?: string;
}

/** What became of one profile. */
type Asked = { readonly profile: NamedProfile } & (
  | { readonly kind: 'answered'; readonly answer: Extract<Answer<SignedIn>, { ok: true }> }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly error: KeyturnError }
);

export interface AccountsByProfile extends Accounts {
  ask(): Promise<AskedProfile[]>;
  /** The Regions that the profiles are configured with; none of a profile that cannot be used, as `ask` tells. */
  regions(): Promise<readonly string[]>;
}

/**
 * Accounts that have a profile each: the one that AWS says is of the account. Each profile is asked once, when first
 * something is wanted of any.
 * @param scope the Regions that a person named
 */
export function accountsByProfile(
  profiles: readonly NamedProfile[],
  open: (profile: string) => Promise<Access>,
  scope: readonly string[],
  context: CallContext,
): AccountsByProfile {
  const opened = profiles.map((profile) => ({ profile, access: once(() => open(profile.name)) }));
  const askOne = ({ profile, access }: (typeof opened)[number]): Promise<Asked> =>
    askProfile(profile, async () => ({
      access: await access(),
      answer: await signIn(await access(), scope, context),
    }));
  const asked = once(() => Promise.all(opened.map(askOne)));

  async function find(account: string): Promise<Answer<AccountAccess>> {
    const all = await asked();
    for (const each of all) {
      if (each.kind === 'answered' && each.answer.value.caller.account === account) return each.answer;
    }
    const at = context.clock.now().toISOString();
    return { ok: false, failure: whyNone(account, all), at, certain: true };
  }

  return {
    ask: async () => (await asked()).map(toAskedProfile),
    regions: async () => {
      const usable = await Promise.all(opened.map(({ access }) => access().catch(ifInvalid)));
      const [first] = usable.filter((access) => access !== undefined);
      const named = usable.flatMap((access) => access?.region ?? []);
      return named.length > 0 || !first ? [...new Set(named)] : [await findRegion(first)];
    },
    find,
    reach: async (account) => {
      const found = await find(account);
      return found.ok ? { ...found, value: undefined } : found;
    },
  };
}

async function askProfile(
  profile: NamedProfile,
  ask: () => Promise<{ access: Access; answer: Answer<SignedIn> }>,
): Promise<Asked> {
  try {
    const { access, answer } = await ask();
    if (answer.ok) return { profile, kind: 'answered', answer };
    const { failure } = answer;
    return { profile, kind: 'failed', failure, error: identityError(failure, access) };
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code === 'refused-clock') throw error;
    return { profile, kind: 'failed', failure: noCredentials(error.message), error };
  }
}

/** What is wrong with a profile is told with what is wrong with the others. */
function ifInvalid(error: unknown): undefined {
  if (!(error instanceof KeyturnError)) throw error;
}

function toAskedProfile(asked: Asked): AskedProfile {
  const { name } = asked.profile;
  return asked.kind === 'answered'
    ? { kind: 'answered', name, caller: asked.answer.value.caller }
    : { kind: 'failed', name, error: asked.error };
}

/** A profile that failed may be the account's own, unless the rollout knows it to be another's. */
function whyNone(account: string, all: readonly Asked[]): Failure {
  const failed = all.flatMap((asked) =>
    asked.kind === 'failed' && (asked.profile.account ?? account) === account
      ? [
          {
            ...asked.failure,
            message: `profile ${asked.profile.name}: ${asked.failure.message || asked.failure.code}`,
          },
        ]
      : [],
  );
  const [first, ...others] = failed;
  if (first) return { ...first, message: [first, ...others].map(({ message }) => message).join('; ') };
  return noCredentials('no profile is of this account');
}

const noCredentials = (message: string): Failure => ({
  operation: 'GetCallerIdentity',
  kind: 'credentials',
  code: 'CredentialsProviderError',
  message,
});
