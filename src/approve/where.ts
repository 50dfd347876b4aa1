import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import type { Finding } from '../model/finding.ts';

/** Whether a finding is one that a person asked to see and to decide on. */
export type Where = (finding: Finding) => boolean;

type Json = Parameters<typeof TreeInterpreter.search>[1];

/**
 * Compiles a JMESPath expression over a finding's profile, like `tags.Environment=='prod' && region=='eu-west-1'`. A
 * finding passes where the result is true in JMESPath's sense: not null, false, or empty. Where the expression makes
 * no sense for a finding (a function over a missing value), that finding does not pass: leaving a key out changes
 * nothing, letting one in might.
 * @throws Error with JMESPath's own words where it is no expression
 */
export function compileWhere(expression: string): Where {
  const node = compile(expression);
  return (finding) => {
    try {
      return isTrue(TreeInterpreter.search(node, finding as unknown as Json));
    } catch {
      return false;
    }
  };
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== false && value !== '';
}
