import type { SettingTable } from './setting.ts';

/** Where a value comes from, most important first. */
export type Source = 'flag' | 'environment' | 'file';

/** A value that was given, under the name of its setting. */
export interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly source: Source;
  /** As a person finds it: `--period`, `KEYTURN_PERIOD`, `keyturn.yaml, line 3`. */
  readonly at: string;
}

/** What the flags, the environment and the file come to. */
export interface Resolution {
  /** The values that hold, by name. */
  readonly held: ReadonlyMap<string, Given>;
  /** For a value that does not hold: the one that stands in for it. */
  readonly displaced: ReadonlyMap<Given, Given>;
}

/**
 * Decides which values hold: those of an earlier layer over those of a later one.
 * @param layers of decreasing importance, each with one value a setting
 */
export function resolve(taken: SettingTable, layers: readonly (readonly Given[])[]): Resolution {
  const held = new Map<string, Given>();
  const displaced = new Map<Given, Given>();
  for (const layer of layers) {
    const above = new Map(held);
    const goesOn = isGoingOn(taken, [...above.values(), ...layer]);
    for (const given of layer) {
      if (taken[given.name] === undefined) continue;
      if (given.source !== 'flag' && isRememberedBy(given, goesOn)) continue;
      const instead = findStandIn(given, above, taken);
      if (instead) displaced.set(given, instead);
      else held.set(given.name, given);
    }
  }
  return { held, displaced };
}

/** The values by name, with the defaults of what was not given. */
export function optionsOf(taken: SettingTable, held: Resolution['held']): Record<string, unknown> {
  const defaults = Object.entries(taken).filter(([, row]) => row.default !== undefined);
  return {
    ...Object.fromEntries(defaults.map(([name, row]) => [name, row.default])),
    ...Object.fromEntries([...held].map(([name, { value }]) => [name, value])),
  };
}

/** Whether the command goes on with a rollout, which remembers how it began. */
function isGoingOn(taken: SettingTable, given: readonly Given[]): boolean {
  const isGiven = (name: string) => given.some((each) => each.name === name && each.value !== false);
  return taken['org'] === undefined || isGiven('resume') || isGiven('rollout');
}

/** A list of profiles is for rollouts that begin, unless the command line has it. */
const isRememberedBy = ({ name, value }: Given, goesOn: boolean): boolean =>
  goesOn && name === 'profile' && isSeveral(value);

const isSeveral = (value: unknown): boolean => Array.isArray(value) && value.length > 1;

/** A value that names accounts takes the place of every way to name them further down. */
const WHICH_ACCOUNTS = ['org', 'account', 'ou'];
/** What is said about the listing of an organization's accounts: nothing if accounts are named instead. */
const ABOUT_LISTING = ['excludeOu', 'orgRole', 'orgProfile'];
/** Several profiles take the place of roles, and roles that of several profiles. */
const THROUGH_ROLES = ['org', 'ou', 'roleName', 'configureRoleName', ...ABOUT_LISTING];

/** The more important value that stands in for this one, or excludes it. */
function findStandIn(
  { name, value }: Given,
  above: Resolution['held'],
  taken: SettingTable,
): Given | undefined {
  const same = above.get(name);
  if (same) return same;
  const asserted = (rival: string): Given | undefined => {
    const given = above.get(rival);
    return given?.value === false ? undefined : given;
  };
  const [org, account, ou] = WHICH_ACCOUNTS.map(asserted);
  if (ABOUT_LISTING.includes(name) && account && !org && !ou) return account;
  return rivalsOf(name, value, asserted('profile')?.value, taken)
    .map(asserted)
    .find((given) => given !== undefined);
}

function rivalsOf(name: string, value: unknown, profiles: unknown, taken: SettingTable): string[] {
  return [
    ...conflictsOf(name, taken),
    ...(WHICH_ACCOUNTS.includes(name) ? WHICH_ACCOUNTS : []),
    ...(name === 'profile' && isSeveral(value) ? THROUGH_ROLES : []),
    ...(THROUGH_ROLES.includes(name) && isSeveral(profiles) ? ['profile'] : []),
  ];
}

/** The settings that a setting excludes, whichever of the two says so. */
export function conflictsOf(name: string, taken: SettingTable): string[] {
  const others = Object.entries(taken).filter(([, { conflicts = [] }]) => conflicts.includes(name));
  return [...(taken[name]?.conflicts ?? []), ...others.map(([other]) => other)];
}
