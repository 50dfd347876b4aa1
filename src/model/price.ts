import * as z from 'zod';
import { text } from './text.ts';

/**
 * What a rotation of one key adds to its bill, in `currency` a month: `perRotation` from the first rotation on, as much
 * again from each up to the `rotations`-th, and then no more (kms-facts §5).
 */
export const rotationPrice = z.object({
  perRotation: z.number().min(0),
  currency: z.string().regex(/^[A-Z]{3}$/),
  rotations: z.int().min(0),
  /** The day on which it was looked up. */
  asOf: z.iso.date().optional(),
  source: text,
  /**
   * `published`: AWS's own list says so for this partition; `assumed`: that of the partition `aws`, not verified here;
   * `given`: named by whoever assessed.
   */
  basis: z.enum(['published', 'assumed', 'given']),
});
export type RotationPrice = z.infer<typeof rotationPrice>;
