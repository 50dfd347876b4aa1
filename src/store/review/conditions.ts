import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Filter, FilterToken, Operator, Property } from '../../model/review-words.ts';

type Text = RawBuilder<string>;

/** What became of a key since it was assessed stands in the store's own tables, and is read from there each time. */
const LIVE = {
  decision: sql<string>`iif(k.finding = 'candidate', coalesce(d.choice, 'undecided'), '')`,
  outcome: sql<string>`coalesce(c.status, iif(d.choice = 'approve', 'pending', ''))`,
  verdict: sql<string>`coalesce(v.kind, '')`,
  approver: sql<string>`coalesce(d.approver, '')`,
  expires: sql<string>`coalesce(iif(d.choice = 'approve', d.expires_at, ''), '')`,
  selected: sql<string>`iif(s.key_arn is null, 'no', 'yes')`,
} as const;

/** A candidate that is shown and whose change was neither made nor begun: what can be put into a selection. */
export const SELECTABLE = sql<SqlBool>`(k.finding = 'candidate' and k.shown = 1
  and (c.status is null or c.status not in ('applied', 'already-in-place', 'unsettled')))`;

export const columnOf = (property: Property): Text =>
  property in LIVE
    ? LIVE[property as keyof typeof LIVE]
    : sql<string>`${sql.ref(`k.${property === 'keyArn' ? 'key_arn' : property}`)}`;

/** Keys of the rollout beside what was decided, done and found since, and whether they are in a selection. */
export const keysFrom = (rollout: string, selection: string): RawBuilder<unknown> => sql`review_keys k
  left join in_force d on d.rollout = ${rollout} and d.key_arn = k.key_arn
  left join changes c on c.rollout = ${rollout} and c.key_arn = k.key_arn
  left join verdicts v on v.rollout = ${rollout} and v.key_arn = k.key_arn and c.status = 'applied'
  left join review_selected s on s.selection = ${selection} and s.key_arn = k.key_arn`;

/** A filter as a condition: names of columns are ours, every value is bound. */
export function conditionOf({ operation, tokens, within }: Filter): RawBuilder<SqlBool> {
  const asked = joined(tokens, operation === 'or' ? sql` or ` : sql` and `);
  return sql<SqlBool>`${asked} and ${joined(within, sql` and `)}`;
}

function joined(tokens: readonly FilterToken[], by: RawBuilder<unknown>): RawBuilder<SqlBool> {
  if (tokens.length === 0) return sql<SqlBool>`true`;
  const conditions = tokens.map((token) => sql`(${conditionOfToken(token)})`);
  return sql<SqlBool>`(${sql.join(conditions, by)})`;
}

function conditionOfToken({ property, operator, value }: FilterToken): RawBuilder<SqlBool> {
  const wanted = sql<string>`lower(${value})`;
  if (property !== undefined) return CONDITIONS[operator](sql`lower(${columnOf(property)})`, wanted);
  return operator.startsWith('!') ? sql`instr(k.words, ${wanted}) = 0` : sql`instr(k.words, ${wanted}) > 0`;
}

/** A bound text is compared as it stands: unlike in a `like`, nothing in it is a wildcard. */
const CONDITIONS: Readonly<Record<Operator, (column: Text, value: Text) => RawBuilder<SqlBool>>> = {
  '=': (column, value) => sql`${column} = ${value}`,
  '!=': (column, value) => sql`${column} <> ${value}`,
  ':': (column, value) => sql`instr(${column}, ${value}) > 0`,
  '!:': (column, value) => sql`instr(${column}, ${value}) = 0`,
  '^': (column, value) => sql`substr(${column}, 1, length(${value})) = ${value}`,
  '!^': (column, value) => sql`substr(${column}, 1, length(${value})) <> ${value}`,
  // Nothing is earlier or later than what is not known.
  '<': (column, value) => sql`${column} <> '' and ${column} < ${value}`,
  '<=': (column, value) => sql`${column} <> '' and substr(${column}, 1, length(${value})) <= ${value}`,
  '>': (column, value) => sql`substr(${column}, 1, length(${value})) > ${value}`,
  '>=': (column, value) => sql`${column} >= ${value}`,
};
