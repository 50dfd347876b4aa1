import { DECISIONS } from '../../src/model/approval.ts';
import { FAILURE_KINDS } from '../../src/model/failure.ts';
import { FINDINGS } from '../../src/model/finding.ts';
import { OUTCOMES } from '../../src/model/outcome.ts';
import { VERDICTS } from '../../src/model/verdict.ts';
import type { Loose } from './forge.ts';

/** One record with one thing changed. */
export interface Bent {
  readonly name: string;
  /** Of the record among those given. */
  readonly index: number;
  readonly bent: Loose;
}

/** The place of a value in a record. */
export type Path = readonly (string | number)[];

/**
 * Every field of every kind of record changed in every way, once: of records of one kind the first that has a field stands for
 * all.
 */
export function bentRecords(records: readonly Loose[], kindOf: (record: Loose) => string): Bent[] {
  const seen = new Set<string>();
  return records.flatMap((record, index) =>
    pathsIn(record).flatMap((path) =>
      Object.entries(bendings(record, path)).flatMap(([what, bend]) => {
        const name = `${kindOf(record)} ${path.map((part) => (typeof part === 'number' ? '#' : part)).join('/')}: ${what}`;
        if (seen.has(name)) return [];
        const bent = structuredClone(record);
        bend(bent);
        if (JSON.stringify(bent) === JSON.stringify(record)) return [];
        seen.add(name);
        return [{ name, index, bent }];
      }),
    ),
  );
}

export function pathsIn(value: Loose, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const parts = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [path, ...[...parts].flatMap((part) => pathsIn(value[part], [...path, part]))];
}

type Bend = (record: Loose) => void;

function bendings(record: Loose, path: Path): Record<string, Bend> {
  const value = path.reduce((held, part) => held[part], record);
  const own = typeof value === 'object' && value !== null ? inside(path, value) : {};
  const last = path.at(-1);
  if (last === undefined) return own;
  const put = (other: unknown): Bend => {
    return (bent) => {
      path.slice(0, -1).reduce((held, part) => held[part], bent)[last] = other;
    };
  };
  const removed: Bend = (bent) => {
    const parent = path.slice(0, -1).reduce((held, part) => held[part], bent);
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  };
  const others = Object.entries(othersFor(String(last), value)).map(([what, other]) => [what, put(other)]);
  return { ...own, removed, null: put(null), ...Object.fromEntries(others) };
}

/** What can be done in an object or a list. */
function inside(path: Path, value: Loose): Record<string, Bend> {
  const at = (bent: Loose): Loose => path.reduce((held, part) => held[part], bent);
  if (Array.isArray(value)) {
    return {
      emptied: (bent) => at(bent).splice(0),
      'an item twice': (bent) => at(bent).push(...at(bent).slice(-1)),
      reversed: (bent) => at(bent).reverse(),
    };
  }
  return {
    'a field more': (bent) => Object.assign(at(bent), { more: 1 }),
    'fields in another order': (bent) => {
      const held = at(bent);
      const fields = Object.entries(held).reverse();
      for (const [name] of fields) delete held[name];
      Object.assign(held, Object.fromEntries(fields));
    },
  };
}

const TIME = /^\d{4}-\d\d-\d\dT/;
const DIGEST = /^[0-9a-f]{64}$/;
const ARN = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):key\//;

/** Other values for a value: of another type, and of its own. */
function othersFor(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'boolean') return { flipped: !value, text: 'true' };
  if (typeof value === 'number')
    return {
      'one more': value + 1,
      'one less': value - 1,
      zero: 0,
      'a half': value + 0.5,
      huge: 2 ** 53,
      text: '1',
    };
  if (typeof value === 'string') return { number: 1, ...otherTexts(name, value) };
  return { text: 'x' };
}

function otherTexts(name: string, value: string): Record<string, unknown> {
  const words = WORDS.find((each) => each.includes(value))?.filter((each) => each !== value) ?? [];
  const known = Object.fromEntries(words.map((word) => [word, word]));
  if (TIME.test(value)) return { ...shifted(value), impossible: '2026-02-30T00:00:00.000Z', 'no time': 'x' };
  if (DIGEST.test(value)) return { 'another digest': 'ab'.repeat(32), 'no digest': 'x' };
  if (ARN.test(value)) {
    return {
      'another key': `${value}x`,
      'another account': value.replace(/\d{12}/, '999988887777'),
      'another Region': value.replace(ARN, 'arn:aws:kms:eu-west-3:$2:key/'),
      'another partition': value.replace('arn:aws:', 'arn:aws-cn:'),
      'no ARN': 'x',
    };
  }
  if (/^\d{12}$/.test(value)) return { 'another account': '444455556666', 'no account': '1' };
  if (/^[a-z]{2}-[a-z]+-\d$/.test(value)) return { 'another Region': 'us-west-2', 'all Regions': '*' };
  if (words.length > 0) return { ...known, 'another word': 'x' };
  return { 'more text': `${value}x`, empty: '', 'half a character': `${value}\ud800`, name };
}

function shifted(value: string): Record<string, string> {
  const by = (ms: number) => new Date(Date.parse(value) + ms).toISOString();
  const day = 86_400_000;
  return {
    'a millisecond later': by(1),
    'a second earlier': by(-1000),
    'a day later': by(day),
    'two days earlier': by(-2 * day),
    'a year later': by(365 * day),
    'ten years earlier': by(-3650 * day),
  };
}

const WORDS: readonly (readonly string[])[] = [
  FINDINGS,
  DECISIONS,
  OUTCOMES,
  VERDICTS,
  ['proven', 'presumed'],
  ['on', 'off', 'unreadable', 'not-read'],
  FAILURE_KINDS,
  ['type', 'state'],
  ['allowed', 'delegated', 'conditional', 'refused'],
  ['Enabled', 'Disabled', 'PendingDeletion'],
  ['CUSTOMER', 'AWS'],
  ['SYMMETRIC_DEFAULT', 'RSA_2048', 'HMAC_256'],
  ['AWS_KMS', 'EXTERNAL'],
  ['PRIMARY', 'REPLICA'],
  ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  ['published', 'assumed', 'given'],
  ['assess-begun', 'accounts-reached', 'place-assessed', 'place-unreachable', 'assess-completed', 'approval'],
  ['configure-begun', 'intent', 'outcome', 'check-begun', 'verdict'],
];

/** What can be done with the order of records. */
export type Order = (records: Loose[], index: number) => Loose[];
export const ORDERS: Readonly<Record<string, Order>> = {
  dropped: (records, index) => records.toSpliced(index, 1),
  twice: (records, index) => records.toSpliced(index, 0, structuredClone(records[index])),
  'behind the next': (records, index) =>
    records.toSpliced(index, 2, ...records.slice(index, index + 2).reverse()),
  'at the end': (records, index) => [...records.toSpliced(index, 1), records[index]],
};
