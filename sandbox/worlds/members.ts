import { randomStream } from '../random.ts';
import type {
  GeneratedMembers,
  MemberSettings,
  OrganizationSettings,
  RoleSettings,
} from '../settings/organization.ts';

/** What Organizations puts into an account that it creates, and not into the management account (kms-facts §7.5). */
export const USUAL_ROLES: readonly RoleSettings[] = [{ name: 'OrganizationAccountAccessRole' }];

const TEAMS = ['payments', 'orders', 'customers', 'ledger', 'search', 'media', 'backup', 'audit'];
const STAGES = ['production', 'staging', 'development'];
const UNITS: Readonly<Record<string, string>> = {
  production: 'Workloads/Production',
  staging: 'Workloads/Staging',
  development: 'Sandbox',
};

/** The accounts that the settings list, the management account first, then the generated ones. */
export function membersOf(
  settings: OrganizationSettings,
  managementAccount: string,
  seed: string,
): MemberSettings[] {
  const listed = settings.accounts ?? [];
  const management = listed.find(({ id }) => id === managementAccount) ?? { id: managementAccount };
  const given = [
    { name: 'management', roles: [], ...management },
    ...listed.filter((member) => member !== management),
  ];
  const taken = new Set(given.map(({ id }) => id));
  return settings.generate ? [...given, ...generatedMembers(settings.generate, seed, taken)] : given;
}

/** As many accounts as asked for, the same for the same seed; which are odd does not follow from their order. */
function generatedMembers(settings: GeneratedMembers, seed: string, taken: Set<string>): MemberSettings[] {
  const random = randomStream(`${seed}/members`);
  const { accounts, suspended = 0, withoutRole = 0, roles = [...USUAL_ROLES] } = settings;
  const ids = Array.from({ length: accounts }, (_, index) => freshId(random, index, taken));
  const shuffled = ids
    .map((id) => ({ id, order: random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ id }) => id);
  const closed = new Set(shuffled.slice(0, suspended));
  const bare = new Set(shuffled.slice(suspended, suspended + withoutRole));
  return ids.map((id, index) => ({
    id,
    ...named(index),
    state: closed.has(id) ? 'SUSPENDED' : 'ACTIVE',
    roles: bare.has(id) ? [] : roles,
  }));
}

function named(index: number): Pick<MemberSettings, 'name' | 'email' | 'ou'> {
  const team = TEAMS[index % TEAMS.length] ?? '';
  const stage = STAGES[Math.floor(index / TEAMS.length) % STAGES.length] ?? '';
  const name = `${team}-${stage}-${index + 1}`;
  return { name, email: `${name}@example.com`, ou: UNITS[stage] };
}

/** 12 digits nobody has; every tenth begins with zeros, which a number would lose. */
function freshId(random: () => number, index: number, taken: Set<string>): string {
  const largest = index % 10 === 3 ? 1e10 : 1e12;
  for (;;) {
    const id = String(Math.floor(random() * largest)).padStart(12, '0');
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}
