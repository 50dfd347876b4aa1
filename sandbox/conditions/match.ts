import type { DenyRule } from '../settings/rule.ts';

/** What rules and quotas need to know of a call. */
export interface Subject {
  readonly operation: string;
  /** The account of the credentials, which quotas are charged to. */
  readonly account: string;
  /** The account that the call is about: another one where AssumeRole or ListRegions name it. */
  readonly concerns: string;
  readonly region: string;
  /** The ARN of the key that the call names, where there is one. */
  readonly keyArn: string | undefined;
  /** The key as the caller wrote it. */
  readonly given: string | undefined;
}

type Match = Pick<DenyRule, 'operation' | 'account' | 'region' | 'key'>;

export function matches(rule: Match, subject: Subject): boolean {
  if (rule.operation !== undefined && rule.operation !== subject.operation) return false;
  if (rule.account !== undefined && rule.account !== subject.concerns) return false;
  if (rule.region !== undefined && rule.region !== subject.region) return false;
  return rule.key === undefined || isKey(rule.key, subject);
}

const isKey = (key: string, { keyArn, given }: Subject) =>
  key === keyArn || key === given || keyArn?.endsWith(`:key/${key}`) === true;
