import * as z from 'zod';
import type { DecisionKind } from './approval.ts';
import type { FindingKind } from './finding.ts';
import type { OutcomeKind } from './outcome.ts';
import { EVERY_KEY, OPERATORS, PROPERTIES } from './review-words.ts';
import type { VerdictKind } from './verdict.ts';

const MOST_TOKENS = 50;
const LONGEST_VALUE = 1000;

/** One condition; without a property, on any of the texts of a key. */
const filterToken = z.strictObject({
  property: z.enum(PROPERTIES).optional(),
  operator: z.enum(OPERATORS),
  value: z.string().max(LONGEST_VALUE),
});

/** All of the conditions, or any of them, and in any case those of `within`; none is true of every key. */
export const filter = z.strictObject({
  operation: z.enum(['and', 'or']).default('and'),
  tokens: z.array(filterToken).max(MOST_TOKENS).readonly().default([]),
  within: z.array(filterToken).max(MOST_TOKENS).readonly().default([]),
});

/** What is asked for at once, at most. */
export const LARGEST_PAGE = 200;

export const pageQuery = z.strictObject({
  filter: filter.default(EVERY_KEY),
  sort: z.enum(PROPERTIES).default('keyArn'),
  descending: z.boolean().default(false),
  /** From 1. */
  page: z.int().min(1).max(1_000_000).default(1),
  size: z.int().min(1).max(LARGEST_PAGE).default(50),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** A key as it stands in a list. Text is as AWS gave it: whoever shows it has to escape it. */
export interface ReviewRow {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
  readonly finding: FindingKind;
  readonly reason: string;
  readonly rotation: string;
  readonly alias: string;
  readonly description: string;
  readonly tags: string;
  readonly usage: string;
  readonly spec: string;
  readonly state: string;
  readonly origin: string;
  readonly created: string;
  readonly lastUsed: string;
  /** Of CloudFormation. */
  readonly stack: string;
  /** `refused` or `conditional`: what a candidate's key policy holds against the change. */
  readonly warning: string;
  /** Empty for what cannot be decided on. */
  readonly decision: DecisionKind | 'undecided' | '';
  /** Whose the decision in force is, and until when an approval holds. */
  readonly approver: string;
  readonly expires: string;
  readonly outcome: OutcomeKind | '';
  readonly verdict: VerdictKind | '';
  /** A candidate that is shown, and that was not changed. */
  readonly selectable: boolean;
  readonly selected: boolean;
}

export interface ReviewPage {
  readonly rows: readonly ReviewRow[];
  /** Keys that match. */
  readonly total: number;
  /** Of those, the ones that can be selected, and are. */
  readonly selectable: number;
  readonly selected: number;
}

/** The keys of one value. */
export interface ReviewGroup {
  readonly value: string;
  readonly keys: number;
  readonly candidates: number;
  readonly enabled: number;
  readonly unknown: number;
  readonly selectable: number;
  readonly selected: number;
}

/** What to put into a selection or to take out: keys by name, or all that match. */
export const selectionChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('keys'),
    on: z.boolean(),
    keyArns: z.array(z.string().max(400)).max(1000),
  }),
  z.strictObject({ kind: z.literal('matching'), on: z.boolean(), filter }),
]);
export type SelectionChange = z.infer<typeof selectionChange>;
