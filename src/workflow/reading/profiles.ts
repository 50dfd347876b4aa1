import { KeyturnError } from '../../messages/error.ts';
import type { AskedProfile, Caller } from '../ports.ts';

/** A profile that AWS takes, with its caller. */
export type AnsweredProfile = Extract<AskedProfile, { kind: 'answered' }>;

/**
 * The profiles to begin a rollout with: of the accounts that are named, or of all. None may be missing: an account
 * that is not known can stand neither in the scope nor in the plan's digest (docs/decisions/0015-profiles-all-answer-first.md).
 * @throws KeyturnError `input-profiles` with every problem
 */
export function chooseProfiles(
  asked: readonly AskedProfile[],
  named: readonly string[],
): readonly AnsweredProfile[] {
  const answered = asked.filter(isAnswered);
  const missing =
    asked.length > answered.length ? [] : named.filter((account) => !isReached(answered, account));
  refuse([
    ...asked.flatMap(sayFailed),
    ...saySameAccount(answered),
    ...sayPartitions(answered),
    ...missing.map((account) => `No profile is of account ${account}.`),
  ]);
  return named.length === 0 ? answered : answered.filter(({ caller }) => named.includes(caller.account));
}

/**
 * The callers of the profiles that AWS takes, to go on with a rollout: what the others reach is reported account by
 * account.
 * @throws KeyturnError `input-profiles` where two are of the same account
 */
export function callersOf(asked: readonly AskedProfile[]): readonly Caller[] {
  const answered = asked.filter(isAnswered);
  refuse(saySameAccount(answered));
  return answered.map(({ caller }) => caller);
}

const isAnswered = (profile: AskedProfile): profile is AnsweredProfile => profile.kind === 'answered';

const isReached = (answered: readonly AnsweredProfile[], account: string): boolean =>
  answered.some(({ caller }) => caller.account === account);

function sayFailed(profile: AskedProfile): string[] {
  if (profile.kind === 'answered') return [];
  const { message, fix } = profile.error;
  return [`Profile ${profile.name}: ${message} ${fix}`];
}

function saySameAccount(answered: readonly AnsweredProfile[]): string[] {
  const byAccount = Map.groupBy(answered, ({ caller }) => caller.account);
  return [...byAccount].flatMap(([account, profiles]) =>
    profiles.length < 2
      ? []
      : [`Profiles ${profiles.map(({ name }) => name).join(' and ')} are of the same account ${account}.`],
  );
}

/** Keys, Regions and ARNs of one rollout are of one partition. */
function sayPartitions(answered: readonly AnsweredProfile[]): string[] {
  const [first, ...others] = answered;
  return others.flatMap(({ name, caller }) =>
    caller.partition === first?.caller.partition
      ? []
      : [`Profile ${name} is of the partition ${caller.partition}, ${first?.name} of another.`],
  );
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new KeyturnError(
    'input-profiles',
    'The profiles cannot be used together:',
    'Mend each, or leave its profile out; nothing was recorded.',
    { problems },
  );
}
