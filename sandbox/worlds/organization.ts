import { DAY_MS } from '../clock.ts';
import { hexOf } from '../random.ts';
import { isUnitId, type MemberSettings, type OrganizationSettings } from '../settings/organization.ts';
import type { Member, Organization, Unit } from '../state/organization.ts';

const FOUNDED = Date.parse('2020-05-04T07:30:00Z');

/** The tree of an organization. Ids follow from the seed, and unit ids that the settings give are kept. */
export function organizationOf(
  settings: OrganizationSettings,
  members: readonly MemberSettings[],
  managementAccount: string,
  seed: string,
): Organization {
  const root: Unit = { id: `r-${suffixOf(members, seed)}`, name: 'Root', children: [], members: [] };
  const units = new Map([[root.id, root]]);
  const known = new Map<string, Member>();
  for (const [index, member] of members.entries()) {
    const made = memberOf(member, index, managementAccount);
    known.set(made.id, made);
    unitOf(root, units, member.ou, seed).members.push(made);
  }
  return {
    id: `o-${hexOf(`${seed}/organization`).slice(0, 10)}`,
    managementAccount,
    delegatedAdministrators: new Set(settings.delegatedAdministrators),
    root,
    units,
    members: known,
  };
}

function memberOf({ id, name, email, state }: MemberSettings, index: number, management: string): Member {
  return {
    id,
    name: name ?? `account-${id}`,
    email: email ?? `aws+${id}@example.com`,
    state: state ?? 'ACTIVE',
    joinedAt: FOUNDED + index * DAY_MS,
    // The management account is shown as invited into its own organization.
    invited: id === management,
  };
}

/** The id of a unit contains its root's: a given unit id decides, else the seed. */
function suffixOf(members: readonly MemberSettings[], seed: string): string {
  const given = members.find(({ ou }) => ou !== undefined && isUnitId(ou))?.ou;
  return given?.split('-')[1] ?? hexOf(`${seed}/root`).slice(0, 4);
}

function unitOf(root: Unit, units: Map<string, Unit>, ou: string | undefined, seed: string): Unit {
  if (ou === undefined) return root;
  if (isUnitId(ou)) return units.get(ou) ?? added(root, units, ou, ou);
  let unit = root;
  let path = '';
  for (const name of ou.split('/')) {
    path += `/${name}`;
    const id = `ou-${root.id.slice(2)}-${hexOf(`${seed}/ou${path}`).slice(0, 8)}`;
    unit = units.get(id) ?? added(unit, units, id, name);
  }
  return unit;
}

function added(parent: Unit, units: Map<string, Unit>, id: string, name: string): Unit {
  const unit: Unit = { id, name, children: [], members: [] };
  parent.children.push(unit);
  units.set(id, unit);
  return unit;
}
