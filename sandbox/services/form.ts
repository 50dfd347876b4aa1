import { constraint } from '../error.ts';
import { type Input, modelName, optionalText } from '../kms/input.ts';

interface Rule {
  readonly min: number;
  readonly max: number;
  /** As AWS's model and messages have it. */
  readonly pattern?: string;
}

/** Names of sessions and of source identities. */
export const NAME = '[\\w+=,.@-]*';

/** A field of a form, whose values are all texts. */
export function optionalWord(input: Input, field: string, rule: Rule): string | undefined {
  const value = optionalText(input, field);
  if (value === undefined) return undefined;
  const refuse = (why: string) => constraint(modelName(field), value, why);
  if (value.length < rule.min) throw refuse(`Member must have length greater than or equal to ${rule.min}`);
  if (value.length > rule.max) throw refuse(`Member must have length less than or equal to ${rule.max}`);
  if (rule.pattern !== undefined && !new RegExp(`^${rule.pattern}$`).test(value)) {
    throw refuse(`Member must satisfy regular expression pattern: ${rule.pattern}`);
  }
  return value;
}

export function word(input: Input, field: string, rule: Rule): string {
  const value = optionalWord(input, field, rule);
  if (value === undefined) throw constraint(modelName(field), undefined, 'Member must not be null');
  return value;
}

export function wholeNumber(input: Input, field: string, min: number, max: number): number | undefined {
  const value = optionalText(input, field);
  if (value === undefined) return undefined;
  const refuse = (why: string) => constraint(modelName(field), value, why);
  const number = Number(value);
  if (!Number.isInteger(number)) throw refuse('Member must be an integer');
  if (number < min) throw refuse(`Member must have value greater than or equal to ${min}`);
  if (number > max) throw refuse(`Member must have value less than or equal to ${max}`);
  return number;
}

/** `Name.1`, `Name.2` …: how a form writes a list. */
export function words(input: Input, prefix: string): string[] {
  const found: string[] = [];
  for (let n = 1; ; n++) {
    const value = optionalText(input, `${prefix}.${n}`);
    if (value === undefined) return found;
    found.push(value);
  }
}
