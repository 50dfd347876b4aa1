import { notFound } from '../error.ts';
import type { SandboxSettings } from '../settings.ts';
import type { Account, Place } from '../state/cloud.ts';
import { type Key, stateOf } from '../state/key.ts';
import { resolveKey } from '../state/resolve.ts';
import { type Input, text } from './input.ts';

/** One KMS request as an operation sees it. */
export interface KmsCall {
  readonly operation: string;
  readonly account: Account;
  readonly callerArn: string;
  readonly place: Place;
  readonly input: Input;
  readonly now: number;
  readonly settings: SandboxSettings;
  readonly random: () => number;
}

/** The fields of an answer; `undefined` is the empty body that most changing operations answer. */
export type Output = Record<string, unknown> | undefined;

export type Operation = (call: KmsCall) => Output;

/** The key that a request names. One made a moment ago may not be found yet (kms-facts §13.4). */
export function keyOf(call: KmsCall, field = 'KeyId', aliases?: 'aliases'): Key {
  const key = resolveKey(call.place, text(call.input, field), aliases);
  if (key.foundFrom > call.now) throw notFound(key.arn);
  return key;
}

export const stateNow = (call: KmsCall, key: Key) => stateOf(key, call.now);
