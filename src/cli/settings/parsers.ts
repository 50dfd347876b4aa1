import { InvalidArgumentError } from 'commander';
import { LONGEST_LIFE_MS } from '../../model/in-force.ts';
import { MAXIMUM_PERIOD, MINIMUM_PERIOD } from '../../model/period.ts';
import { parseKeyArn } from '../../model/place.ts';
import type { GivenPrice } from '../../model/prices.ts';

/** What values look like; editors get the same through docs/keyturn.schema.json. */
export const SHAPE = {
  /** At most four decimals: the evidence writes numbers without an exponent. */
  price: /^(\d{1,6}(?:\.\d{1,4})?)(?: ?([A-Z]{3}))?$/,
  duration: /^(\d{1,6})(ms|s|m|h)$/,
  life: /^(\d{1,6})([dhm])$/,
  region: /^[a-z]{2,5}(-[a-z]+){1,3}-\d{1,2}$/,
  account: /^\d{12}$/,
  role: /^[\w+=,.@-]{1,64}$/,
  roleArn: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  externalId: /^[\w+=,.@:/-]{2,1224}$/,
  sourceIdentity: /^[\w+=,.@-]{2,64}$/,
  unit: /^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/,
} as const;

/** What the text of a flag or of an environment variable means. Each parser throws with what would be right. */

/** `true` or `false`, as an environment variable says it. */
export function parseYesNo(value: string): boolean {
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  throw new InvalidArgumentError('It has to be true or false.');
}

export function parsePeriod(value: string): number {
  const days = parseCount(value);
  if (days >= MINIMUM_PERIOD && days <= MAXIMUM_PERIOD) return days;
  throw new InvalidArgumentError(`KMS takes ${MINIMUM_PERIOD} to ${MAXIMUM_PERIOD} days.`);
}

export function parseCount(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It has to be a whole number.');
}

export function parseCountFromOne(value: string): number {
  const count = parseCount(value);
  if (count >= 1) return count;
  throw new InvalidArgumentError('It has to be 1 or more.');
}

/** A TCP port; 0 is a free one. */
export function parsePort(value: string): number {
  const port = parseCount(value);
  if (port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`A port is 0 to ${MAX_PORT}.`);
}

const MAX_PORT = 65_535;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A timer of Node's that is longer than 24 days ends at once. */
const MAX_DURATION_MS = 7 * 86_400_000;

/** `500ms`, `30s`, `10m`, `2h` → milliseconds. */
export function parseDuration(value: string): number {
  const [, amount, unit] = SHAPE.duration.exec(value) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  if (ms <= MAX_DURATION_MS) return ms;
  throw new InvalidArgumentError(
    ms > 0 ? 'It has to be at most 7 days: 168h.' : 'Write a duration like 30s, 10m or 2h.',
  );
}

/** `30m`, `12h`, `7d` → milliseconds: how long an approval holds. */
export function parseLife(value: string): number {
  const [, amount, unit] = SHAPE.life.exec(value) ?? [];
  const ms = Number(amount) * (unit === 'd' ? 86_400_000 : (UNIT_MS[unit ?? ''] ?? 0));
  if (ms > 0 && ms <= LONGEST_LIFE_MS) return ms;
  throw new InvalidArgumentError('Write a time like 12h or 7d: from 1m to 366d.');
}

export function parseRegion(value: string): string {
  if (SHAPE.region.test(value)) return value;
  throw new InvalidArgumentError('Write one Region at a time, like eu-central-1.');
}

export function parseProfile(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('Write the name of a profile.');
}

export function parseArnOfKey(value: string): string {
  if (parseKeyArn(value)) return value;
  throw new InvalidArgumentError('Write a key ARN like arn:aws:kms:REGION:ACCOUNT:key/KEY-ID.');
}

export function parseAccount(value: string): string {
  if (SHAPE.account.test(value)) return value;
  throw new InvalidArgumentError('Write an account id: 12 digits.');
}

export function parseUnit(value: string): string {
  if (SHAPE.unit.test(value)) return value;
  throw new InvalidArgumentError(
    'Write the id of an organizational unit like ou-ab12-cdef3456, or of the root.',
  );
}

/** Rules of AWS: the models of IAM (`roleNameType`) and STS (`externalIdType`, `sourceIdentityType`). */
export function parseRoleName(value: string): string {
  if (SHAPE.role.test(value)) return value;
  throw new InvalidArgumentError(
    value.includes('/') || value.startsWith('arn:')
      ? 'Give the name of the role alone, like keyturn-assess, without its ARN or path.'
      : 'Write the name of a role: 1 to 64 letters, digits and +=,.@_- without spaces.',
  );
}

export function parseRoleArn(value: string): string {
  if (SHAPE.roleArn.test(value)) return value;
  throw new InvalidArgumentError('Write the ARN of a role like arn:aws:iam::111122223333:role/NAME.');
}

export function parseExternalId(value: string): string {
  if (SHAPE.externalId.test(value)) return value;
  throw new InvalidArgumentError('Write 2 to 1224 letters, digits and +=,.@:/_- without spaces.');
}

export function parseSourceIdentity(value: string): string {
  if (SHAPE.sourceIdentity.test(value)) return value;
  throw new InvalidArgumentError('Write 2 to 64 letters, digits and +=,.@_- without spaces.');
}

export function parseShare(value: string): number {
  const share = Number(value);
  if (/^\d*\.?\d+$/.test(value) && share > 0 && share <= 1) return share;
  throw new InvalidArgumentError('Write a share like 0.5; 1 is all of the quota.');
}

/** `1.5` or `1.5 EUR` → what a rotation adds a month. */
export function parsePrice(value: string): GivenPrice {
  const [, amount, currency] = SHAPE.price.exec(value) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError('Write an amount like 1.5, or with its currency like 7.5 CNY.');
  return { perRotation: Number(amount), ...(currency !== undefined && { currency }) };
}

/** `5,50,rest` → 5, 50, Infinity: changes a wave. */
export function parseWaves(value: string): number[] {
  const sizes = value
    .split(',')
    .map((word) => (word === 'rest' ? Number.POSITIVE_INFINITY : parseCountFromOne(word)));
  if (!sizes.slice(0, -1).includes(Number.POSITIVE_INFINITY)) return sizes;
  throw new InvalidArgumentError('Only the last wave can be the rest.');
}
