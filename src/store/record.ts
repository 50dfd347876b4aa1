import * as z from 'zod';
import { KeyturnError } from '../messages/error.ts';

/**
 * Parses a stored record: what comes from disk is parsed like what comes from anywhere.
 * @throws KeyturnError `store-damaged`
 */
export function parseRecord<T>(schema: z.ZodType<T>, record: string): T {
  try {
    return schema.parse(JSON.parse(record));
  } catch (cause) {
    const said = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON';
    throw new KeyturnError(
      'store-damaged',
      `A record in the store is not as Keyturn wrote it: ${said}`,
      'Restore the store from a copy, or begin a new rollout with: keyturn assess',
      { cause },
    );
  }
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
