import type { GeneratedMembers, MemberSettings } from '../settings/organization.ts';
import { type SandboxSettings, SettingsError } from '../settings.ts';
import { type Account, type Cloud, type Place, type Places, placeIn } from '../state/cloud.ts';
import { addAlias, createFromSettings } from '../state/create.ts';
import { emptyPlaces, type Furnish, furnishedPlaces, Remakeable } from '../state/places.ts';
import { describeAccounts } from './describe.ts';
import { generatedKeys } from './generate.ts';
import { membersOf, USUAL_ROLES } from './members.ts';
import { organizationOf } from './organization.ts';
import { problemsOf } from './problems.ts';
import { seedOf, worldOf } from './world.ts';

const DEFAULT_ACCOUNT = '111122223333';

type PlacesOf = (account: string) => Places;

/** Everything there is at the start. Throws a SettingsError where settings contradict each other. */
export function buildCloud(settings: SandboxSettings, now: number): Cloud {
  const cloud = accountsOf(settings, placesFrom(settings, now));
  furnishFromSettings(cloud, settings, now);
  return cloud;
}

/**
 * The organization changed and nothing else did: whoever stays keeps its keys. `undefined` when the generated keys
 * themselves are to be others.
 */
export function reorganized(
  old: Cloud,
  before: SandboxSettings,
  after: SandboxSettings,
  now: number,
): Cloud | undefined {
  if (recipeOf(before) !== recipeOf(after)) return undefined;
  const fresh = placesFrom(after, now);
  return accountsOf(after, (id) => old.accounts.get(id)?.places ?? fresh(id));
}

function recipeOf({ organization }: SandboxSettings): string {
  const { keysPerPlace, regions, mix, seed, accounts } = organization?.generate ?? {};
  return JSON.stringify([keysPerPlace, regions, mix, seed, accounts]);
}

const generatorOf = ({ organization }: SandboxSettings): GeneratedMembers | undefined =>
  organization?.generate;

const orgSeedOf = (settings: SandboxSettings) => String(generatorOf(settings)?.seed ?? seedOf(settings));

function placesFrom(settings: SandboxSettings, now: number): PlacesOf {
  const listed = new Set(settings.organization?.accounts?.map(({ id }) => id));
  const generate = generatorOf(settings);
  const remakeable = new Remakeable();
  const home = settings.account ?? DEFAULT_ACCOUNT;
  const management = settings.organization?.managementAccount ?? home;
  return (account) =>
    !generate || listed.has(account) || account === home || account === management
      ? emptyPlaces(account)
      : furnishedPlaces(account, furnishing(generate, orgSeedOf(settings), now), remakeable);
}

function furnishing({ keysPerPlace, regions, mix }: GeneratedMembers, seed: string, now: number): Furnish {
  return (place: Place) => {
    if (!regions.includes(place.region)) return;
    const own = `${seed}/${place.account}/${place.region}`;
    let index = 0;
    for (const key of generatedKeys({ keys: keysPerPlace, regions: [place.region], mix }, own)) {
      createFromSettings(() => place, key, `${own}/${index++}`, now);
    }
  };
}

function accountsOf(settings: SandboxSettings, placesOf: PlacesOf): Cloud {
  const { organization } = settings;
  const homeId = settings.account ?? DEFAULT_ACCOUNT;
  const managementAccount = organization?.managementAccount ?? homeId;
  const seed = orgSeedOf(settings);
  const members = organization ? membersOf(organization, managementAccount, seed) : [];
  const accounts = new Map(members.map((member) => [member.id, accountOf(member, placesOf)]));
  const problems = problemsOf(settings, new Set([...accounts.keys(), homeId]), managementAccount);
  if (problems.length > 0) throw new SettingsError(problems);
  const home = accounts.get(homeId) ?? accountOf({ id: homeId, roles: [] }, placesOf);
  accounts.set(homeId, home);
  const cloud: Cloud = {
    accounts,
    home,
    organization: organization && organizationOf(organization, members, managementAccount, seed),
  };
  describeAccounts(cloud, settings);
  return cloud;
}

const accountOf = (member: MemberSettings, placesOf: PlacesOf): Account => ({
  id: member.id,
  callerArn: '',
  regions: new Map(),
  deniedRegions: new Set(member.deniedRegions),
  state: member.state ?? 'ACTIVE',
  roles: member.roles ?? USUAL_ROLES,
  places: placesOf(member.id),
});

function furnishFromSettings(cloud: Cloud, settings: SandboxSettings, now: number): void {
  const seed = seedOf(settings);
  const world = worldOf(settings, seed);
  const ownerOf = (id: string | undefined) => (id && cloud.accounts.get(id)) || cloud.home;
  let index = 0;
  for (const key of world.keys) {
    const owner = ownerOf(key.account);
    createFromSettings((region) => placeIn(owner, region), key, `${seed}/${key.region}/${index++}`, now);
  }
  for (const { account, region, name } of world.aliases) {
    const place = placeIn(ownerOf(account), region);
    if (!place.aliases.has(name)) addAlias(place, name, undefined, now);
  }
}
