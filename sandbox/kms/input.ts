import { AwsError, constraint } from '../error.ts';

/** The JSON that a caller sent: nothing about it is certain. */
export type Input = Readonly<Record<string, unknown>>;

/** AWS's messages name a field as its model does, in lower case. */
export const modelName = (field: string) => field.charAt(0).toLowerCase() + field.slice(1);

const serialization = (field: string) =>
  new AwsError('SerializationException', `Unexpected value type in payload for ${field}`);

export function optionalText(input: Input, field: string): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw serialization(field);
  return value;
}

export function text(input: Input, field: string): string {
  const value = optionalText(input, field);
  if (value === undefined) throw constraint(modelName(field), undefined, 'Member must not be null');
  if (value === '')
    throw constraint(modelName(field), '', 'Member must have length greater than or equal to 1');
  return value;
}

export function choice<T extends string>(input: Input, field: string, choices: readonly T[]): T | undefined {
  const value = optionalText(input, field);
  if (value === undefined) return undefined;
  const chosen = choices.find((name) => name === value);
  if (chosen) return chosen;
  throw constraint(modelName(field), value, `Member must satisfy enum value set: [${choices.join(', ')}]`);
}

export function integer(input: Input, field: string, min: number, max: number): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw serialization(field);
  if (value < min) {
    throw constraint(modelName(field), value, `Member must have value greater than or equal to ${min}`);
  }
  if (value > max) {
    throw constraint(modelName(field), value, `Member must have value less than or equal to ${max}`);
  }
  return value;
}

export function list(input: Input, field: string): readonly unknown[] | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw serialization(field);
  return value;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
