import { costOf, monthlyAfter } from '../model/cost.ts';
import { familyOf } from '../model/family.ts';
import type { Finding } from '../model/finding.ts';
import { describeLastUse, lastUseOf } from '../model/last-use.ts';
import type { RotationPrice } from '../model/price.ts';
import { warnOfRefusal } from '../model/refusal-warning.ts';
import { stackOf } from '../model/stack.ts';

/* What an approver is shown of one key, each in a few words of raw text; empty where there is nothing to say. */

const DAY_MS = 86_400_000;

/** How old the key was at a time, to the unit that matters: `12 d`, `7 mo`, `3 y`. */
export function ageText({ CreationDate }: Finding, at: string): string {
  if (CreationDate === undefined) return '';
  const days = Math.max(0, Math.floor((Date.parse(at) - Date.parse(CreationDate)) / DAY_MS));
  if (days < 60) return `${days} d`;
  return days < 730 ? `${Math.floor(days / 30.44)} mo` : `${Math.floor(days / 365.25)} y`;
}

/** `2: eu-west-1, us-east-1` for a multi-Region primary. */
export function replicasText(finding: Finding): string {
  const family = familyOf(finding);
  if (!family) return '';
  const { replicas, regions } = family;
  return replicas.length === 0 ? 'none yet' : `${replicas.length}: ${regions.join(', ')}`;
}

const isUnread = ({ gaps }: Finding, operation: string): boolean =>
  gaps.some((gap) => gap.operation === operation);

/** The aliases; `unreadable` if AWS did not list them, which is not the same as none. */
export const aliasesText = (finding: Finding): string =>
  finding.aliases?.join(', ') ?? (isUnread(finding, 'ListAliases') ? 'unreadable' : '');

/** The CloudFormation stack; `unreadable` if AWS did not list the tags that would name it. */
export const ownerText = (finding: Finding): string =>
  finding.tags === undefined && isUnread(finding, 'ListResourceTags') ? 'unreadable' : stackText(finding);

/** `checkout-production (CheckoutKey)` for a key of a CloudFormation stack. */
export function stackText({ tags }: Finding): string {
  const stack = stackOf(tags);
  if (!stack) return '';
  return stack.logicalId === undefined ? stack.name : `${stack.name} (${stack.logicalId})`;
}

export function lastUseText({ lastUsage, CreationDate, readAt }: Finding): string {
  if (lastUsage) return describeLastUse(lastUseOf(lastUsage, CreationDate));
  return readAt['lastUsage'] === undefined ? '' : 'unreadable';
}

export const pastRotationsText = (finding: Finding): string =>
  finding.pastRotations?.toString() ?? (isUnread(finding, 'ListKeyRotations') ? 'unreadable' : 'not read');

/** What rotations add a month, in the price's currency: `1, then 2`; `≤` where past rotations are not known. */
export function addedText(finding: Finding, price: RotationPrice): string {
  const cost = costOf(finding, price);
  const amounts = monthlyAfter(cost, price).map((amount) => String(Number(amount.toFixed(2))));
  const rising = amounts.filter((amount, n) => n === 0 || amount !== amounts[n - 1]);
  return `${cost.notCounted > 0 ? '≤ ' : ''}${rising.join(', then ') || '0'}`;
}

export function tagsText({ tags = {} }: Finding): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** Who may use and administer the key by its own policy: at most, since only Allow statements are read. */
export function policyText({ policy }: Finding): { users: string; administrators: string; open: string } {
  if (!policy) return { users: '', administrators: '', open: '' };
  const { users, administrators, openTo } = policy;
  const open = openTo.map(({ principal, conditional }) => principal + (conditional ? ' (conditional)' : ''));
  return {
    users: (users ?? []).join(', '),
    administrators: administrators.join(', '),
    open: open.join(', '),
  };
}

/** What the key policy holds against the change, in one text; empty if nothing is known to. */
export function refusalText(finding: Finding): string {
  const warning = warnOfRefusal(finding);
  return warning ? `${warning.reason} ${warning.fix}` : '';
}

/** Whether a key is on with a longer period than the rollout wants; never where nothing was asked for. */
export const isLongerThan = (
  { kind, RotationPeriodInDays }: Finding,
  maxPeriodInDays: number | undefined,
): boolean =>
  kind === 'enabled' &&
  maxPeriodInDays !== undefined &&
  RotationPeriodInDays !== undefined &&
  RotationPeriodInDays > maxPeriodInDays;
