import * as z from 'zod';
import { failure } from './failure.ts';
import { rotationPeriod } from './period.ts';
import { text, timestamp } from './text.ts';

export const OUTCOMES = ['applied', 'already-in-place', 'skipped', 'failed', 'pending', 'unsettled'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** Approved keys by how their change ended. */
export type OutcomeTotals = Readonly<Record<OutcomeKind, number>>;

/** Whether nothing is left to do about a key: rotation is on, by Keyturn or before it. */
export const isOn = (outcome: OutcomeKind): boolean =>
  outcome === 'applied' || outcome === 'already-in-place';

/** Outcomes that leave something to do. */
export const NOT_ON = OUTCOMES.filter((outcome) => !isOn(outcome));
/** Outcomes of keys that Keyturn did not change. */
export const NOT_APPLIED = OUTCOMES.filter((outcome) => outcome !== 'applied');

/** Totals of no keys, to count in. */
export const noOutcomes = (): Record<OutcomeKind, number> => ({
  applied: 0,
  'already-in-place': 0,
  skipped: 0,
  failed: 0,
  pending: 0,
  unsettled: 0,
});

/** How many keys leave something to do. */
export const countNotOn = (totals: OutcomeTotals): number =>
  NOT_ON.reduce((sum, outcome) => sum + totals[outcome], 0);

/** What the last read before a decision said of a key. */
export const found = z.object({
  KeyState: text.optional(),
  rotation: z.enum(['on', 'off', 'unreadable', 'not-read']),
  RotationPeriodInDays: z.int().optional(),
  NextRotationDate: timestamp.optional(),
});
export type Found = z.infer<typeof found>;

/**
 * How one change ended. `pending` is the outcome of an approved key until there is another one. `unsettled` is a change
 * that was announced and whose effect is not known: it is never to be read as "nothing happened".
 */
export const outcome = z.object({
  keyArn: z.string(),
  keyId: z.string(),
  account: z.string(),
  region: z.string(),
  status: z.enum(OUTCOMES),
  reason: text.optional(),
  explanation: text.optional(),
  RotationPeriodInDays: rotationPeriod,
  /** How many times EnableKeyRotation was announced and called. */
  attempts: z.int().min(0),
  /** `proven`: AWS answered 200 to our call. `presumed`: the answer was lost and the key read back as on. */
  proof: z.enum(['proven', 'presumed']).optional(),
  /** A call of ours went unanswered at some time: should the key turn out to be on, that call presumably did it. */
  unanswered: z.boolean().optional(),
  /** AWS's request id of the EnableKeyRotation that decided. */
  requestId: z.string().optional(),
  error: failure.optional(),
  /** What differed from the plan without mattering: names of fields. */
  drift: z.array(z.string()),
  /** What was read in the fresh check, or where a lost answer was settled by reading: what decided. */
  found: found.optional(),
  /** Fresh check, announcement, and end of the change. */
  checkedAt: timestamp.optional(),
  intendedAt: timestamp.optional(),
  finishedAt: timestamp.optional(),
});
export type Outcome = z.infer<typeof outcome>;
