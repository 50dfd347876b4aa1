import { AwsError } from '../error.ts';
import { optionalText } from '../kms/input.ts';
import type { ServiceCall } from './call.ts';

const MOST = 20;

/** A request that Organizations refuses; the reason is a field of its own. */
export const invalidInput = (reason: string) =>
  new AwsError('InvalidInputException', 'You specified an invalid value.', 400, { Reason: reason });

interface Page<T> {
  readonly items: readonly T[];
  readonly rest: { NextToken?: string };
}

/** One page of a listing of Organizations: 20 at most, and perhaps empty while more follow (kms-facts §2). */
export function pageOf<T>(call: ServiceCall, scope: string, all: readonly T[]): Page<T> {
  const start = positionOf(call, scope, all.length);
  const end = Math.min(all.length, start + sizeOf(call));
  return {
    items: all.slice(start, end),
    rest: end < all.length ? { NextToken: tokenOf(call, scope, end) } : {},
  };
}

function sizeOf(call: ServiceCall): number {
  const { short = false } = call.settings.pages ?? {};
  const caps: Readonly<Record<string, number | undefined>> = call.settings.pages?.caps ?? {};
  const size = Math.min(asked(call), caps[call.operation] ?? MOST);
  return short ? Math.floor(call.random() * (size + 1)) : size;
}

function asked({ input }: ServiceCall): number {
  const value = input['MaxResults'] ?? MOST;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new AwsError('SerializationException', 'Unexpected value type in payload for MaxResults');
  }
  if (value < 1) throw invalidInput('MIN_VALUE_EXCEEDED');
  if (value > MOST) throw invalidInput('MAX_VALUE_EXCEEDED');
  return value;
}

const tokenOf = ({ operation }: ServiceCall, scope: string, position: number) =>
  Buffer.from(`${operation}|${scope}|${position}`).toString('base64');

function positionOf(call: ServiceCall, scope: string, length: number): number {
  const token = optionalText(call.input, 'NextToken');
  if (token === undefined) return 0;
  const position = Number(Buffer.from(token, 'base64').toString().split('|').at(-1) || Number.NaN);
  if (position >= 0 && position <= length && tokenOf(call, scope, position) === token) return position;
  throw invalidInput('INVALID_NEXT_TOKEN');
}
