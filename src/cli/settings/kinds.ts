import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { MAXIMUM_PERIOD, MINIMUM_PERIOD } from '../../model/period.ts';
import type { GivenPrice } from '../../model/prices.ts';
import {
  parseAccount,
  parseArnOfKey,
  parseCountFromOne,
  parseDuration,
  parseExternalId,
  parseLife,
  parsePeriod,
  parsePort,
  parsePrice,
  parseProfile,
  parseRegion,
  parseRoleArn,
  parseRoleName,
  parseShare,
  parseSourceIdentity,
  parseUnit,
  parseWaves,
  parseYesNo,
  SHAPE,
} from './parsers.ts';

/** What the value of a setting may be, wherever it is given: one rule for flag, environment variable and file. */
export interface Kind<T> {
  /** The value of an environment variable. @throws InvalidArgumentError */
  readonly parse: (text: string) => T;
  /** The value of one flag, on top of those before it if the kind is a list. @throws InvalidArgumentError */
  readonly parseFlag: (text: string, earlier?: T) => T;
  /** The value in `keyturn.yaml`. Most runs read no file, and make no schema. */
  readonly schema: () => z.ZodType<T>;
  /** The value as `keyturn.yaml` would have it. */
  readonly write: (value: T) => unknown;
  /** How the reference describes values. */
  readonly values: string;
  /** Whether a flag can be repeated. */
  readonly isList: boolean;
}

/** What a kind is made from. */
interface Rule<T> extends Pick<Kind<T>, 'parse' | 'schema' | 'values'> {
  readonly write?: (value: T) => unknown;
}

const kind = <T>({ write = (value) => value, ...rule }: Rule<T>): Kind<T> => ({
  ...rule,
  write,
  parseFlag: rule.parse,
  isList: false,
});

/** Several values: a repeated flag, a list in the file, words between commas in an environment variable. */
function listKind(
  each: Rule<string>,
  said: string,
  schema: () => z.ZodType<string[]> = () => listOf(each.schema(), said),
): Kind<string[]> {
  return {
    parse: (text) => text.split(',').map((word) => each.parse(word.trim())),
    parseFlag: (text, earlier = []) => [...earlier, each.parse(text)],
    schema,
    write: (value) => value,
    values: each.values,
    isList: true,
  };
}

const listOf = (each: z.ZodType<string>, said: string) =>
  z.array(each, said).min(1, 'Name at least one, or leave the key out.');

/** Holds a value of the file against the rule of the flag: what the parser throws is the problem. */
function asText<T>(parse: (text: string) => T) {
  return (value: string | number, context: z.RefinementCtx): T => {
    try {
      return parse(String(value));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}

const quoteIt: z.core.$ZodErrorMap = ({ input }) =>
  typeof input === 'number' || typeof input === 'boolean'
    ? 'It has to be text: write it in quotes.'
    : 'It has to be text.';
const quoteAccount: z.core.$ZodErrorMap = ({ input }) =>
  typeof input === 'number'
    ? 'Write the account id in quotes, like "012345678901": YAML would drop a leading zero.'
    : 'Write an account id in quotes: 12 digits.';

const textSchema = () =>
  z.string({ error: quoteIt }).min(1, 'It is empty; write a value, or leave the key out.');
const numberSchema = () => z.number('It has to be a number, without quotes.');
/** Text of a certain shape, which editors check too. */
const shaped =
  <T>(parse: (text: string) => T, shape: RegExp, error: z.core.$ZodErrorMap | string = quoteIt) =>
  () =>
    z.string({ error }).transform(asText(parse)).meta({ pattern: shape.source });
const shapedKind = (parse: (text: string) => string, shape: RegExp, values: string) =>
  kind({ parse, schema: shaped(parse, shape), values });

const TEXT = { parse: (text: string) => text, schema: textSchema, values: 'text' };
const PROFILE = { parse: parseProfile, schema: textSchema, values: 'name of a profile' };

export const text = kind(TEXT);
export const file = kind({ ...TEXT, values: 'file' });
export const files = listKind({ ...TEXT, values: 'files' }, 'Write a list of files, like [alice.pub].');
export const directory = kind({ ...TEXT, values: 'directory, from the working directory' });
export const yesNo = kind({
  parse: parseYesNo,
  schema: () => z.boolean('It has to be true or false.'),
  values: '`true` or `false`',
});
/** What the file can require, and nothing turns off again. */
export const required = kind({
  ...yesNo,
  parse: (text) => {
    if (parseYesNo(text)) return true;
    throw new InvalidArgumentError('It can only be true: a variable does not turn it off.');
  },
});
export const profile = kind(PROFILE);

const profileList = () =>
  listOf(textSchema(), 'Write the name of a profile, or a list of names, like [audit, billing].');
const manyProfiles = listKind({ ...PROFILE, values: 'name of a profile, or a list of names' }, '', () =>
  z.union([textSchema().transform((name) => [name]), profileList().transform(once)]),
);
/** A profile that is named twice says nothing more. */
export const profiles: Kind<string[]> = {
  ...manyProfiles,
  parse: (text) => once(manyProfiles.parse(text)),
  parseFlag: (text, earlier) => once(manyProfiles.parseFlag(text, earlier)),
  write: (names) => (names.length === 1 ? names[0] : names),
};

const REGION = { parse: parseRegion, schema: shaped(parseRegion, SHAPE.region), values: 'list of Regions' };
export const regions = listKind(REGION, 'Write a list of Regions, like [eu-south-1].');
/** In the file, the word `all` stands for every Region that an account has enabled. */
export const regionsOrAll = listKind({ ...REGION, values: 'list of Regions, or `all`' }, '', () =>
  z.union([
    z.literal('all').transform(() => ['all']),
    listOf(REGION.schema(), 'Write a list of Regions, like [eu-central-1], or the word all.'),
  ]),
);
export const accounts = listKind(
  {
    parse: parseAccount,
    schema: shaped(parseAccount, SHAPE.account, quoteAccount),
    values: 'list of account IDs, in quotes',
  },
  'Write a list of account ids in quotes, like ["012345678901"].',
);
export const units = listKind(
  {
    parse: parseUnit,
    schema: shaped(parseUnit, SHAPE.unit),
    values: 'list of IDs of organizational units, or of the root',
  },
  'Write a list of ids, like [ou-ab12-cdef3456].',
);
export const keyArns = listKind(
  { parse: parseArnOfKey, schema: () => z.string().transform(asText(parseArnOfKey)), values: 'key ARN' },
  'Write a list of key ARNs.',
);

export const roleName = shapedKind(parseRoleName, SHAPE.role, 'name of a role, without its ARN or path');
export const roleArn = shapedKind(parseRoleArn, SHAPE.roleArn, 'ARN of a role');
export const externalId = shapedKind(parseExternalId, SHAPE.externalId, 'text');
export const sourceIdentity = shapedKind(parseSourceIdentity, SHAPE.sourceIdentity, 'text');

export const period = kind({
  parse: parsePeriod,
  schema: () =>
    numberSchema()
      .transform(asText(parsePeriod))
      .meta({ type: 'integer', minimum: MINIMUM_PERIOD, maximum: MAXIMUM_PERIOD }),
  values: `days, whole number, ${MINIMUM_PERIOD} to ${MAXIMUM_PERIOD}`,
});
export const count = kind({
  parse: parseCountFromOne,
  schema: () => numberSchema().transform(asText(parseCountFromOne)).meta({ type: 'integer', minimum: 1 }),
  values: 'whole number from 1',
});
export const share = kind({
  parse: parseShare,
  schema: () => numberSchema().transform(asText(parseShare)).meta({ exclusiveMinimum: 0, maximum: 1 }),
  values: 'number above 0, at most 1',
});
export const port = kind({
  parse: parsePort,
  schema: () => numberSchema().transform(asText(parsePort)),
  values: 'port, 0 to 65535; 0 takes a free one',
});

/** Milliseconds. */
export const duration = kind({
  parse: parseDuration,
  schema: shaped(parseDuration, SHAPE.duration, 'Write a duration like 30s, 10m or 2h.'),
  write: writeDuration,
  values: 'duration like `30s`, `10m`, `2h`',
});
/** Milliseconds that an approval holds. */
export const life = kind({
  parse: parseLife,
  schema: shaped(parseLife, SHAPE.life),
  write: writeLife,
  values: 'time like `30m`, `12h`, `7d`',
});
export const price = kind<GivenPrice>({
  parse: parsePrice,
  schema: () =>
    z
      .string({ error: 'Write it in quotes, like "1.5" or "7.5 CNY".' })
      .regex(SHAPE.price, 'Write an amount like "1.5", or with its currency like "7.5 CNY".')
      .transform(asText(parsePrice)),
  write: ({ perRotation, currency }) =>
    currency === undefined ? String(perRotation) : `${perRotation} ${currency}`,
  values: 'text like `"1.5"` or `"7.5 CNY"`',
});
/** Changes a wave; Infinity for the rest. */
export const waves = kind<number[]>({
  parse: parseWaves,
  schema: () => z.string({ error: quoteIt }).transform(asText(parseWaves)),
  write: (sizes) => sizes.map((size) => (Number.isFinite(size) ? String(size) : 'rest')).join(','),
  values: 'text like `5,50,rest`',
});

function once(names: readonly string[]): string[] {
  return [...new Set(names)];
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

function writeDuration(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

function writeLife(ms: number): string {
  return ms % DAY_MS === 0 ? `${ms / DAY_MS}d` : writeDuration(ms);
}

const DAY_MS = 86_400_000;
