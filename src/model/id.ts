import * as z from 'zod';

/** The one form of an id: it is printed, signed, and part of file names. */
export const rolloutId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'is not an id of a rollout');
export const approvalId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'is not an id of an approval');
export const checkId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'is not an id of a check');
