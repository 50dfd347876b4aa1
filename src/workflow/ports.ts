import type { KeyturnError } from '../messages/error.ts';
import type { Approval, ApprovalHeader, DecidedKey, Decision, SubmittedDecision } from '../model/approval.ts';
import type { Failure } from '../model/failure.ts';
import type { Finding, FindingKind } from '../model/finding.ts';
import type { EntryBody, Event, JournalEntry, JournalHead } from '../model/journal.ts';
import type { KeyMetadata, KeyRotation, RotationStatus } from '../model/key-facts.ts';
import type { LastUsage } from '../model/last-use.ts';
import type { Outcome, OutcomeKind } from '../model/outcome.ts';
import type { Place } from '../model/place.ts';
import type { PlaceCounts, UnreachablePlace } from '../model/plan.ts';
import type { PageQuery, ReviewGroup, ReviewPage, SelectionChange } from '../model/review.ts';
import type { Filter, GroupProperty } from '../model/review-words.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict, VerdictKind } from '../model/verdict.ts';

/** What the workflows need of the world; `aws/` and `store/` provide it, the hosts hand it in. */

export interface Clock {
  /** The time of day, for records. It can be set back or forward at any moment. */
  now(): Date;
  /** Milliseconds from some moment, for durations: it never goes back, whatever happens to the time of day. */
  monotonic(): number;
  /** Waits for `ms` milliseconds, or rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** AWS's answer to one call, with the retries that a read deserves already behind it. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly at: string; readonly requestId?: string }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly at: string;
      /** Whether AWS surely did not act: false where the call may have taken effect all the same. */
      readonly certain: boolean;
    };

export interface KeyReference {
  readonly keyArn: string;
  readonly keyId: string;
}

/** KMS in one place. Reads are retried and paced; the one change is paced and never retried here. */
export interface KmsPlace {
  readonly place: Place;
  /** Every key of the place, AWS managed ones included, each ARN once. */
  listKeys(): Promise<Answer<readonly KeyReference[]>>;
  /** Alias names by key id. */
  listAliases(): Promise<Answer<ReadonlyMap<string, readonly string[]>>>;
  describeKey(keyArn: string): Promise<Answer<KeyMetadata>>;
  getKeyRotationStatus(keyArn: string): Promise<Answer<RotationStatus>>;
  /** The key policy's document, as text. */
  getKeyPolicy(keyArn: string): Promise<Answer<string>>;
  listResourceTags(keyArn: string): Promise<Answer<Readonly<Record<string, string>>>>;
  /** The completed rotations of the key, by itself or on demand. */
  listKeyRotations(keyArn: string): Promise<Answer<readonly KeyRotation[]>>;
  getKeyLastUsage(keyArn: string): Promise<Answer<LastUsage>>;
  /**
   * @param period days
   * @param beforeSend runs once the call's turn has come, right before it is sent; what it throws is thrown, and nothing is sent
   */
  enableKeyRotation(keyArn: string, period: number, beforeSend?: () => Promise<void>): Promise<Answer<void>>;
}

export interface Caller {
  readonly account: string;
  readonly callerArn: string;
  readonly userId: string;
  readonly partition: string;
}

/** One of several profiles, after it was asked which account it is of. */
export type AskedProfile =
  | { readonly kind: 'answered'; readonly name: string; readonly caller: Caller }
  | { readonly kind: 'failed'; readonly name: string; readonly error: KeyturnError };

export interface OrganizationAccount {
  readonly id: string;
  readonly name: string;
  /** AWS's own: ACTIVE, SUSPENDED, PENDING_CLOSURE, … */
  readonly state: string;
}

export interface Aws {
  /** Of several profiles, the first that AWS takes. @throws KeyturnError `aws-credentials`, `aws-denied` or `aws-failed` */
  identify(): Promise<Caller>;
  /** Each of several profiles, in the order in which they were named; none where all credentials begin with one. */
  askProfiles(): Promise<readonly AskedProfile[]>;
  /** The Region that the AWS configuration names; of several profiles, those of each. @throws KeyturnError `aws-region` if there is none */
  configuredRegions(): Promise<readonly string[]>;
  /**
   * Accounts of the caller's organization, or of the organizational units named, without those under excluded units;
   * whatever their state.
   */
  listAccounts(
    units: readonly string[],
    excludedUnits?: readonly string[],
  ): Promise<Answer<readonly OrganizationAccount[]>>;
  /** Obtains credentials for an account, to know whether it can be reached before its places are. */
  reach(account: string): Promise<Answer<void>>;
  /** Regions that an account has enabled, by name. */
  listEnabledRegions(account: string): Promise<Answer<readonly string[]>>;
  place(place: Place): KmsPlace;
}

/**
 * How the listing of a place ended. `unreachable`: nothing is known of it. `assessed` with a reason: its keys were
 * read, and something keeps the listing from being sure.
 */
export type PlaceRecord =
  | {
      readonly kind: 'assessed';
      readonly place: Place & { readonly [K in keyof Mend]?: Mend[K] | undefined };
      readonly listed: number;
      readonly awsManaged: number;
      readonly at: string;
    }
  | { readonly kind: 'unreachable'; readonly place: UnreachablePlace; readonly at: string };

/** What is wrong, and what would mend it. */
export interface Mend {
  readonly reason: string;
  readonly fix: string;
}

/** The record of all rollouts. Each method is one transaction, with its journal entry where it has one. */
export interface Store {
  readonly path: string;
  /** Begins a rollout with the places that it is to assess. */
  createRollout(rollout: Rollout, places: readonly Place[]): Promise<void>;
  findRollout(id: string): Promise<Rollout | undefined>;
  /** Newest first. */
  listRollouts(): Promise<Rollout[]>;

  /** Places of a rollout that have not been assessed, or could not be; what is left of an interrupted try is dropped. */
  placesToAssess(rollout: string): Promise<Place[]>;
  /** Puts the places of accounts that can be reached by now where the accounts stood, and keeps the rollout as given. */
  recordReached(
    rollout: Rollout,
    accounts: readonly string[],
    places: readonly Place[],
    at: string,
  ): Promise<void>;
  /** Ends a place, with the findings that are not stored yet. */
  recordPlace(rollout: string, record: PlaceRecord, rest?: readonly Finding[]): Promise<void>;
  /** Stores findings, each key once; one that is stored already is replaced. */
  recordFindings(rollout: string, findings: readonly Finding[]): Promise<void>;
  completeAssessment(rollout: string, at: string, digests: EntryBody<'assess-completed'>): Promise<void>;
  /** In ascending order of ARN, by code unit; read in pages, so that nothing holds them all. */
  findings(rollout: string, filter?: FindingFilter): AsyncIterable<Finding>;
  finding(rollout: string, keyArn: string): Promise<Finding | undefined>;
  /** The primary aliases of some keys, by ARN; keys without one are left out. */
  primaryAliases(rollout: string, keyArns: readonly string[]): Promise<ReadonlyMap<string, string>>;
  placeCounts(rollout: string): Promise<PlaceCounts[]>;
  /** Places that could not be listed, or not for sure. */
  unreachablePlaces(rollout: string): Promise<UnreachablePlace[]>;

  /**
   * Records an approval: from here on its decisions are its approver's. Which one is in force on a key: `rankOf`.
   * @throws KeyturnError `refused-decisions` where it takes back a key that was changed, or may have been, or was made
   *   before a decision of the same approver that is recorded already; with `seen`, the number of approvals that
   *   somebody saw before deciding, also where there is another one by now
   */
  recordApproval(approval: Approval, seen?: number): Promise<void>;
  /** In the order of time; without the decisions, of which each can hold as many as there are keys. */
  approvals(rollout: string): Promise<ApprovalHeader[]>;
  /** What one approval decided, in the order in which it was submitted. */
  submittedDecisions(rollout: string, approval: string): AsyncIterable<SubmittedDecision>;
  /** Whether there is any approval. */
  isDecided(rollout: string): Promise<boolean>;
  /** The decision in force for each candidate, `undecided` where there is none; in the order of ARNs. */
  decisions(rollout: string): AsyncIterable<DecidedKey>;
  /**
   * The approved keys in the order of ARNs, each with the change's record where there is one. Read in pages while the
   * reader works: a key whose record changes meanwhile is neither met again nor a reason to miss another.
   */
  approvedKeys(rollout: string, filter?: ApprovedFilter): AsyncIterable<ApprovedKey>;
  approvedKey(rollout: string, keyArn: string): Promise<ApprovedKey | undefined>;
  /** The places of such keys: those with announced changes first, then in the order of ARNs. */
  approvedPlaces(rollout: string, filter?: ApprovedFilter): Promise<ApprovedPlace[]>;
  /** All approved keys, counted in one query: nothing is read to know how many there are. */
  approvedCounts(rollout: string): Promise<ApprovedCount[]>;
  /** The approved keys that one approver's last decision approves, and the approval that says so; in the order of ARNs. */
  keysApprovedBy(
    rollout: string,
    approver: string,
  ): AsyncIterable<{ readonly keyArn: string; readonly approval: string }>;

  /**
   * Announces a change, if an approval covers it at its `intendedAt`. Durable when it returns.
   * @param cover the approval that has to cover it; otherwise the one in force does
   * @throws KeyturnError `refused-taken-over` if another process has announced it since it was read, `refused-record` if
   *   the period is not that of the cover
   */
  recordIntent(rollout: string, outcome: Outcome, cover?: Cover): Promise<IntentAnswer>;
  recordOutcome(rollout: string, outcome: Outcome): Promise<void>;

  recordVerdict(rollout: string, verdict: Verdict): Promise<void>;
  /** The verdicts in force, in the order of ARNs. */
  verdicts(rollout: string, filter?: { kind?: VerdictKind }): AsyncIterable<Verdict>;

  /** Adds an entry that stands for itself. */
  journal(rollout: string, event: Event): Promise<void>;
  /** The journal as it is hashed: a JSON text a line, without newlines. @throws KeyturnError `refused-record` if the chain is broken */
  journalLines(rollout: string): AsyncIterable<string>;
  /** The same as it is stored, without a check. */
  journalRows(rollout: string): AsyncIterable<JournalRow>;
  journalHead(rollout: string): Promise<JournalHead>;

  /**
   * Takes the right to change things for one rollout, until released or the process ends, however it ends.
   * @throws KeyturnError `refused-busy` while another process holds it
   */
  lockRollout(rollout: string, holder: string): Promise<RolloutLock>;

  /**
   * Right before a call that changes something: what was recorded is still there, and this process is still the one that
   * may record.
   * @throws KeyturnError `refused-taken-over`, `store-failed`
   */
  requireClaim(rollout: string): Promise<void>;

  /**
   * Lists the keys of an assessed rollout as a page needs them; one at a time.
   * @param isShown which findings can be decided on; all where it is absent
   */
  openReview(rollout: string, isShown?: (finding: Finding) => boolean): Promise<Review>;

  /** Another number after another process has written. */
  revision(): Promise<number>;

  /** Reads that all see the record as it stands now, whatever other processes write meanwhile; nothing may be written. */
  atOneTime<T>(read: () => Promise<T>): Promise<T>;
  /** The same on a connection of its own: other work on this store can go on meanwhile. */
  snapshot<T>(read: (store: Store) => Promise<T>): Promise<T>;
  /** Opens an empty list of the rows that a journal comes to, to hold those of the store against them. */
  openDueRows(): DueRows;
  close(): Promise<void>;
}

/** An entry of a journal as it is stored. */
export interface JournalRow {
  readonly seq: number;
  readonly line: string;
  readonly hash: string;
}

/** The rows that entries of a journal come to. */
export interface DueRows {
  /** @param entry the next of the journal, as it was written */
  add(entry: JournalEntry): void;
  /** @throws KeyturnError `refused-record` with the first row of the store that is not what the entries come to */
  requireSame(rollout: string): Promise<void>;
}

/** Findings to which all of this applies. */
export interface FindingFilter {
  readonly kind?: FindingKind;
  readonly place?: Place;
}

/** Whether a change was announced, or why not. */
export type IntentAnswer = 'recorded' | 'not-approved' | 'approval-expired' | 'approval-replaced';

/** An approval under which changes are announced, as it was read beforehand. */
export interface Cover {
  /** Its id. */
  readonly approval: string;
  /** Whose it is, as `approverOf` says. */
  readonly approver: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Days. */
  readonly RotationPeriodInDays: number;
}

export interface ApprovedKey {
  readonly decision: Decision;
  /** When the approval in force ends; ISO 8601. */
  readonly expiresAt: string;
  /** `unsettled` from its announcement until it ends. */
  readonly change?: Outcome;
}

/** Approved keys to which all of this applies. */
export interface ApprovedFilter {
  readonly place?: Place;
  readonly outcomes?: readonly OutcomeKind[];
  readonly verdicts?: readonly (VerdictKind | 'none')[];
}

export interface ApprovedPlace {
  readonly place: Place;
  readonly keys: number;
}

/** How many keys were approved under a plan and until a time, came to an outcome and have a verdict in force on it. */
export interface ApprovedCount {
  readonly planDigest: string;
  readonly expiresAt: string;
  readonly outcome: OutcomeKind;
  /** Skipped since the approval had expired. */
  readonly lapsed: boolean;
  readonly verdict: VerdictKind | 'none';
  readonly keys: number;
}

/** Selected keys of one place. */
export interface SelectedPlace extends Place {
  readonly keys: number;
}

/** The keys of a rollout to look through and to choose from; selections have names and end with the process. */
export interface Review {
  page(query: PageQuery, selection: string): Promise<ReviewPage>;
  /** Most keys first. */
  groups(by: GroupProperty, filter: Filter, selection: string): Promise<ReviewGroup[]>;
  /** What cannot be decided on stays out, whoever asks for it. */
  select(selection: string, change: SelectionChange): Promise<void>;
  selectedPlaces(selection: string): Promise<SelectedPlace[]>;
  /** The selected keys by what rotating them costs: one key for all that cost the same. */
  selectedCosts(selection: string): Promise<readonly { readonly keyArn: string; readonly keys: number }[]>;
  /** In the order of ARNs; without what has meanwhile been changed. */
  selectedKeys(selection: string): Promise<string[]>;
  dropSelection(selection: string): Promise<void>;
}

export interface RolloutLock {
  /** Who held it before, where that process ended without releasing it. */
  readonly takenOverFrom?: string;
  release(): Promise<void>;
}

/** A file of a report: its name, and its text in pieces. */
export interface ReportFile {
  readonly name: string;
  readonly chunks: AsyncIterable<string> | Iterable<string>;
}
