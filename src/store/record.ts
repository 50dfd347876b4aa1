import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';

/**
 * Parses a stored record: what comes from disk is parsed like what comes from anywhere.
 * @throws KeyturnError `store-damaged`
 */
export const parseRecord = <T>(schema: z.ZodType<T>, record: string): T =>
  parseValue(schema, parseText(record));

/** The first half of it. @throws KeyturnError `store-damaged` if the record is not JSON */
export function parseText(record: string): unknown {
  try {
    return JSON.parse(record);
  } catch (cause) {
    throw damaged('it is not JSON', cause);
  }
}

/** The second half of it. @throws KeyturnError `store-damaged` if the value is not what the schema says */
export function parseValue<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(z.prettifyError(parsed.error), parsed.error);
}

function damaged(said: string, cause: unknown): KeyturnError {
  return new KeyturnError(
    'store-damaged',
    `A record in the store is not as Keyturn wrote it: ${said}`,
    'Restore the store from a copy, or begin a new rollout with: keyturn assess',
    { cause },
  );
}

/**
 * The store says something that its journal does not.
 * @param what which row or entry, and what is wrong with it
 */
export const refusedRecord = (what: string): KeyturnError =>
  new KeyturnError(
    'refused-record',
    `The store is not what its journal says: ${what}.`,
    'Do not trust this store. Restore it from a copy, or begin a new rollout with: keyturn assess',
  );
