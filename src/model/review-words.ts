/** What keys can be looked for by, in words of a person; dates are compared as the ISO 8601 texts that they are. */
export const PROPERTIES = [
  'keyArn',
  'keyId',
  'account',
  'region',
  'finding',
  'reason',
  'rotation',
  'alias',
  'description',
  'tags',
  'usage',
  'spec',
  'state',
  'origin',
  'created',
  'lastUsed',
  'stack',
  'warning',
  'decision',
  'approver',
  'expires',
  'outcome',
  'verdict',
  'selected',
] as const;
export type Property = (typeof PROPERTIES)[number];

/** Of a few values each: these can be grouped by, and a page can offer the values. */
export const GROUPS = [
  'account',
  'region',
  'finding',
  'reason',
  'rotation',
  'usage',
  'spec',
  'state',
  'origin',
  'stack',
  'warning',
  'decision',
  'approver',
  'outcome',
  'verdict',
] as const satisfies readonly Property[];
export type GroupProperty = (typeof GROUPS)[number];

/** `:` contains, `^` begins with; without regard to the case of A to Z. */
export const OPERATORS = ['=', '!=', ':', '!:', '^', '!^', '<', '<=', '>', '>='] as const;
export type Operator = (typeof OPERATORS)[number];

export interface FilterToken {
  readonly property?: Property | undefined;
  readonly operator: Operator;
  readonly value: string;
}

/** All of the conditions, or any of them, and in any case those of `within`; none is true of every key. */
export interface Filter {
  readonly operation: 'and' | 'or';
  readonly tokens: readonly FilterToken[];
  readonly within: readonly FilterToken[];
}

export const EVERY_KEY: Filter = { operation: 'and', tokens: [], within: [] };
export const SELECTED_KEYS: Filter = {
  ...EVERY_KEY,
  tokens: [{ property: 'selected', operator: '=', value: 'yes' }],
};
