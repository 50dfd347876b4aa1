import { compile } from '@jmespath-community/jmespath';
import type { Finding } from '../model/finding.ts';
import { boundedSearch, TooCostly } from './bounded-search.ts';

/** Whether a finding is one that a person asked to see and to decide on. */
export type FindingFilter = (finding: Finding) => boolean;

/** Characters. An expression can list a hundred accounts and stay below. */
const MAX_EXPRESSION_LENGTH = 4096;

/**
 * Compiles a JMESPath expression over a finding's profile, like `tags.Environment=='prod' && region=='eu-west-1'`. A
 * finding passes where the result is true in JMESPath's sense: not null, false, or empty. Where the expression makes
 * no sense for a finding (a function over a missing value), that finding does not pass: leaving a key out changes
 * nothing, letting one in might.
 * @returns the predicate; it throws TooCostly
 * @throws Error with JMESPath's own words if it is not an expression
 */
export function compileFilter(expression: string): FindingFilter {
  if (expression.length > MAX_EXPRESSION_LENGTH) throw new Error('it is longer than 4,096 characters');
  const search = boundedSearch(compile(expression));
  return (finding) => {
    try {
      return isTrue(search(finding as unknown as Parameters<typeof search>[0]));
    } catch (cause) {
      if (cause instanceof TooCostly) throw cause;
      return false;
    }
  };
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== false && value !== '';
}
