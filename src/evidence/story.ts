import type { Approval } from '../model/approval.ts';
import { approverOf } from '../model/in-force.ts';
import type { JournalEntry } from '../model/journal.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Place } from '../model/place.ts';
import type { Rollout } from '../model/rollout.ts';
import type { EvidenceCode } from './error.ts';
import type { JudgedChange } from './verdict-contradictions.ts';
import type { Held, Voices } from './voices.ts';

/** What a journal has come to so far: of each key only what the next entry has to fit to. */
export interface Story {
  rollout: Rollout;
  /** When the phase began that is on: `assess`, nothing since `assess`, `configure` or `validate`. Only approvals come from elsewhere. */
  since: string;
  /** When the assessment was completed. */
  assessedAt: string | undefined;
  /** By account and Region, the last entry on each. */
  readonly places: Map<string, Place>;
  /** By account that was reached late, the Regions that were then to be assessed. */
  readonly reached: Map<string, ReadonlySet<string>>;
  /** Of the configure run that is on: what it may do, and what it has done. */
  run: Run | undefined;
  /** By id, in the order of the journal. */
  readonly approvals: Map<string, Approval>;
  /** By key ARN, as are the others. */
  readonly decisions: Map<string, Voices>;
  readonly changes: Map<string, ChangeSoFar>;
  /** Keys that were read back. */
  readonly judged: Set<string>;
  /** The check that is on. */
  check: string | undefined;
  /** Ids of all checks. */
  readonly checks: Set<string>;
}

export interface ChangeSoFar {
  /** `unsettled` from its announcement until it ends. */
  readonly status: Outcome['status'];
  /** How often it was announced. */
  readonly attempts: number;
  /** What its verdict is held against. */
  readonly record: JudgedChange;
  /** Its last announcement. */
  readonly announced: Announcement | undefined;
  /** A call went unanswered at some time. */
  readonly unanswered: boolean;
}

/** What an outcome has in common with its announcement. */
export type Announcement = { readonly [K in 'intendedAt' | 'checkedAt' | 'drift' | 'found']: Outcome[K] };

export interface Run {
  /** Changes, and changes that failed; `null` is without a bound. */
  readonly limit: number | null;
  readonly maxFailures: number | null;
  /** Ids of the keys one of which has to have signed; undefined if no signature is required. */
  readonly approverKeys: readonly string[] | undefined;
  /** Key ARNs. */
  readonly announced: Set<string>;
  failures: number;
}

export type EntryOf<K extends JournalEntry['kind']> = Extract<JournalEntry, { kind: K }>;

/** Ends the verification at the entry that does not fit. */
export type Refuse = (code: EvidenceCode, message: string) => never;

/** The last decision of an approval's approver on a key, if that approval holds it and nobody declines the key. */
export function heldByApproval(story: Story, keyArn: string, id: string): Held | undefined {
  const approval = story.approvals.get(id);
  const voices = story.decisions.get(keyArn);
  if (!approval || voices?.inForce()?.decision.choice !== 'approve') return undefined;
  const held = voices.lastOf(approverOf(approval));
  return held?.approval.id === id ? held : undefined;
}

/** The decision in force on a key. */
export function inForceOn({ decisions }: Story, keyArn: string): Held | undefined {
  return decisions.get(keyArn)?.inForce();
}
