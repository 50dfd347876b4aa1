import { hash } from 'node:crypto';
import * as z from 'zod';
import { approval } from './approval.ts';
import { digest } from './digest.ts';
import { checkId } from './id.ts';
import { jsonText } from './json-text.ts';
import { outcome } from './outcome.ts';
import { rollout } from './rollout.ts';
import { text, timestamp } from './text.ts';
import { verdict } from './verdict.ts';

/*
 * The journal of a rollout: one JSON text a line, each naming the SHA-256 of the line before. The line itself is what
 * is hashed and kept, so that checking the chain takes no agreement on how JSON is written (docs/evidence-format.md).
 */

/** What an entry says, by its kind. */
const BODIES = {
  /** The rollout as it began. */
  'assess-begun': rollout,
  /** Accounts that could not be reached were, later: the rollout with what that adds to its scope. */
  'accounts-reached': z.object({
    rollout,
    accounts: z.array(z.string()),
    places: z.array(z.object({ account: z.string(), region: z.string() })),
  }),
  /** A place was listed and each of its keys read: with a reason where the listing is not sure. */
  'place-assessed': z.object({
    account: z.string(),
    region: z.string(),
    /** Keys that came off the pages. */
    listed: z.int().min(0),
    awsManaged: z.int().min(0),
    reason: text.optional(),
    fix: text.optional(),
  }),
  'place-unreachable': z.object({ account: z.string(), region: z.string(), reason: text, fix: text }),
  /** `planDigest` is over what an approver is shown, `findingsDigest` over all that was read (`findings.jsonl`). */
  'assess-completed': z.object({ planDigest: digest, findingsDigest: digest }),
  approval,
  'configure-begun': z.object({
    /** ARN. */
    caller: text,
    keys: z.int().min(0),
    /** `null`: without a bound. */
    limit: z.int().min(0).nullable(),
    maxFailures: z.int().min(0).nullable(),
    settleMs: z.number(),
    /** Ids of keys, one of which signed the approval of each change of the run; absent: no signature was required. */
    approverKeys: z.array(digest).min(1).optional(),
  }),
  /** A change as it is about to be made, under the approval that holds at this timestamp. */
  intent: z.object({ approval: z.string(), change: outcome }),
  outcome,
  /** A check: a run of validation. Its verdicts name it; a later check has another id. */
  'check-begun': z.object({
    check: checkId,
    /** ARN. */
    caller: text,
    keys: z.int().min(0),
    waitMs: z.number(),
  }),
  verdict,
} as const;

export type EntryKind = keyof typeof BODIES;
export type EntryBody<K extends EntryKind> = z.infer<(typeof BODIES)[K]>;

/** One thing that happened; `at` is when. */
export type Event = {
  [K in EntryKind]: { readonly kind: K; readonly at: string; readonly body: EntryBody<K> };
}[EntryKind];

const frame = <K extends EntryKind>(kind: K) =>
  z.strictObject({
    rollout: z.string(),
    seq: z.int().min(1),
    previous: digest,
    at: timestamp,
    kind: z.literal(kind),
    body: BODIES[kind],
  });

export const journalEntry = z.discriminatedUnion('kind', [
  frame('assess-begun'),
  frame('accounts-reached'),
  frame('place-assessed'),
  frame('place-unreachable'),
  frame('assess-completed'),
  frame('approval'),
  frame('configure-begun'),
  frame('intent'),
  frame('outcome'),
  frame('check-begun'),
  frame('verdict'),
]);

/** An event in its place in the journal of a rollout. */
export type JournalEntry = z.infer<typeof journalEntry>;

/** The end of a journal: how many entries it has, and the SHA-256 of the last line. */
export interface JournalHead {
  readonly entries: number;
  readonly hash: string;
}

/** The head of a journal without entries: what the first one names as the line before. */
export const NO_ENTRIES: JournalHead = { entries: 0, hash: '0'.repeat(64) };

/** The line that an event becomes after `head`, without its newline. */
export function journalLine(rollout: string, head: JournalHead, { at, kind, body }: Event): string {
  return `${place(rollout, head)},${jsonText({ at, kind, body }).slice(1)}`;
}

/** Whether a line says of itself that it comes after `head`. */
export function comesAfter(rollout: string, head: JournalHead, line: string): boolean {
  return line.startsWith(place(rollout, head));
}

/** How the line after `head` begins. */
const place = (rollout: string, { entries, hash: previous }: JournalHead): string =>
  `{"rollout":${jsonText(rollout)},"seq":${entries + 1},"previous":"${previous}"`;

/** SHA-256 of a line's UTF-8 bytes, without its newline. */
export const lineHash = (line: string): string => hash('sha256', line);
