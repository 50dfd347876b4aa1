import * as z from 'zod';
import { text } from '../model/text.ts';

/*
 * Text in answers, in UTF-16 units: at least twice what AWS documents as the most. What is longer is not AWS's, and is
 * not to fill the store.
 */

/** Values of enumerations and ids of a few dozen characters. */
export const word = text.max(128);
/** Names of aliases, accounts and units, keys and values of tags: 256 at the most. */
export const name = text.max(1024);
/** KMS takes 2048 for a key. */
export const arn = text.max(4096);
/** Descriptions of keys: 8192. */
export const longText = text.max(16_384);
/** A key policy: 131,072. */
export const policyText = text.max(262_144);
/** What leads to the next page: 1024 in KMS, 100,000 in Organizations. */
export const token = z.string().min(1).max(200_000);

/** The name of a Region, which becomes part of host names. */
export const regionName = z
  .string()
  .regex(/^[a-z]{2,8}(-[a-z0-9]{1,16}){1,5}$/, 'is not the name of a Region');
