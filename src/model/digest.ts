import * as z from 'zod';

/** SHA-256, in lower-case hexadecimal. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
