import type { Approval, Decision } from '../model/approval.ts';
import { approverOf, isExpired, rankOf } from '../model/in-force.ts';
import type { EntryBody, JournalEntry, JournalHead } from '../model/journal.ts';
import { NO_ENTRIES } from '../model/journal.ts';
import { isOn, type Outcome } from '../model/outcome.ts';
import { EVERY_REGION } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { type ChainedEntry, JOURNAL } from './chain.ts';
import { type EvidenceCode, EvidenceError } from './error.ts';
import type { Population } from './population.ts';

/** What a journal amounts to: who decided what, what was announced and done, what was read back. */
export interface History {
  readonly rollout: Rollout;
  readonly head: JournalHead;
  /** By account and Region, the last entry on each. */
  readonly places: ReadonlyMap<string, PlaceEntry>;
  readonly approvals: readonly Approval[];
  /** By key ARN, as are the others: the last decision of each approver. */
  readonly decisions: ReadonlyMap<string, readonly Held[]>;
  readonly changes: ReadonlyMap<string, ChangeInHistory>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

type EntryOf<K extends JournalEntry['kind']> = Extract<JournalEntry, { kind: K }>;
export type PlaceEntry = EntryOf<'place-assessed' | 'place-unreachable'>;

/** What one approver decided last on a key, and the approval that holds it. */
export interface Held {
  readonly decision: Decision;
  readonly approval: Pick<Approval, 'approval' | 'at' | 'expiresAt'>;
  readonly approver: string;
  /** Of the highest one is in force. */
  readonly rank: string;
}

export interface ChangeInHistory {
  /** Announced and without an outcome, or ended. */
  readonly state: 'intended' | 'ended';
  readonly outcome: Outcome;
}

/**
 * Follows a journal from its first entry to its last and holds each against what came before: nothing is announced
 * without an approval in force at that moment, nothing ends that was not announced, nothing is judged that was not
 * changed, nothing that is on is changed again.
 * @param population the findings that decisions are about
 * @throws EvidenceError with the line of the first entry that does not fit
 */
export async function followHistory(
  entries: AsyncIterable<ChainedEntry>,
  population: Population,
): Promise<History> {
  let story: Story | undefined;
  let head = NO_ENTRIES;
  for await (const next of entries) {
    const refuse: Refuse = (code, message) => {
      throw new EvidenceError(code, `${JOURNAL} line ${next.head.entries}`, message);
    };
    head = next.head;
    if (!story) {
      if (next.entry.kind !== 'assess-begun') refuse('evidence-entry', 'A journal begins with assess-begun.');
      else story = beginStory(next.entry, refuse);
    } else {
      follow(story, next.entry, population, refuse);
    }
  }
  if (!story) throw new EvidenceError('evidence-entry', JOURNAL, 'The journal is empty.');
  return { ...story, head };
}

type Refuse = (code: EvidenceCode, message: string) => never;

interface Story {
  rollout: Rollout;
  readonly places: Map<string, PlaceEntry>;
  readonly approvals: Approval[];
  readonly decisions: Map<string, readonly Held[]>;
  readonly changes: Map<string, ChangeInHistory>;
  readonly verdicts: Map<string, Verdict>;
  'configure-begun': boolean;
  'validate-begun': boolean;
}

function beginStory({ rollout: id, body: rollout }: EntryOf<'assess-begun'>, refuse: Refuse): Story {
  requireUnassessed(rollout, id, refuse);
  return {
    rollout,
    places: new Map(),
    approvals: [],
    decisions: new Map(),
    changes: new Map(),
    verdicts: new Map(),
    'configure-begun': false,
    'validate-begun': false,
  };
}

function follow(story: Story, entry: JournalEntry, population: Population, refuse: Refuse): void {
  switch (entry.kind) {
    case 'assess-begun':
      refuse('evidence-entry', 'An assessment begins once.');
      break;
    case 'accounts-reached':
      requireAssessing(story, refuse);
      followReached(story, entry.body, refuse);
      break;
    case 'place-assessed':
    case 'place-unreachable':
      requireAssessing(story, refuse);
      story.places.set(`${entry.body.account} ${entry.body.region}`, entry);
      break;
    case 'assess-completed':
      requireAssessing(story, refuse);
      followAssessment(story, entry, population, refuse);
      break;
    case 'approval':
      followApproval(story, entry.body, population, refuse);
      break;
    case 'configure-begun':
    case 'validate-begun':
      if (story.approvals.length === 0) refuse('evidence-unapproved-change', 'Nothing is approved yet.');
      story[entry.kind] = true;
      break;
    case 'intent':
      followIntent(story, entry.body, refuse);
      break;
    case 'outcome':
      followOutcome(story, entry.body, refuse);
      break;
    case 'verdict':
      followVerdict(story, entry.body, refuse);
      break;
  }
}

function requireAssessing({ rollout }: Story, refuse: Refuse): void {
  if (rollout.planDigest !== undefined) refuse('evidence-entry', 'The assessment was complete before.');
}

/** Else an assessment could be complete without the entry that seals its findings. */
function requireUnassessed(rollout: Rollout, id: string, refuse: Refuse): void {
  if (rollout.id !== id) refuse('evidence-entry', 'It is about another rollout.');
  if (rollout.planDigest !== undefined || rollout.assessedAt !== undefined) {
    refuse('evidence-entry', 'There cannot be a plan yet.');
  }
}

function followReached(
  story: Story,
  { rollout, accounts }: EntryBody<'accounts-reached'>,
  refuse: Refuse,
): void {
  requireUnassessed(rollout, story.rollout.id, refuse);
  story.rollout = rollout;
  for (const account of accounts) story.places.delete(`${account} ${EVERY_REGION}`);
}

function followAssessment(
  story: Story,
  { at, body: { planDigest, findingsDigest } }: EntryOf<'assess-completed'>,
  population: Population,
  refuse: Refuse,
): void {
  if (findingsDigest !== population.digest) {
    refuse('evidence-findings', `findings.jsonl is not what was assessed (SHA-256 ${findingsDigest}).`);
  }
  story.rollout = { ...story.rollout, assessedAt: at, planDigest };
}

function followApproval(story: Story, approval: Approval, { candidates }: Population, refuse: Refuse): void {
  const { id, planDigest, RotationPeriodInDays } = story.rollout;
  if (planDigest === undefined || approval.planDigest !== planDigest || approval.rollout !== id) {
    refuse('evidence-approval', 'The approval is over another plan.');
  }
  if (story.approvals.some((earlier) => earlier.approval === approval.approval)) {
    refuse('evidence-approval', 'An approval of this id was recorded before.');
  }
  requireOrigin(approval, refuse);
  const hold = heldBy(approval, story.approvals.length + 1);
  const named = new Set<string>();
  for (const decision of approval.decisions) {
    const { keyArn } = decision;
    if (named.has(keyArn)) refuse('evidence-approval', `${keyArn} is decided on twice.`);
    named.add(keyArn);
    if (!candidates.has(keyArn)) refuse('evidence-approval', `${keyArn} is not a candidate of the plan.`);
    if (decision.RotationPeriodInDays !== RotationPeriodInDays) {
      refuse('evidence-approval', `${keyArn} is approved with another period than the plan's.`);
    }
    const change = story.changes.get(keyArn);
    if (decision.decision !== 'approve' && change && isBegun(change)) {
      refuse('evidence-approval', `${keyArn} was changed, or may have been, before it was taken back.`);
    }
    const held = hold(decision);
    const voices = story.decisions.get(keyArn) ?? [];
    const earlier = voices.find(({ approver }) => approver === held.approver);
    if (approval.imported && earlier && earlier.approval.at > approval.at) {
      refuse('evidence-approval', `${keyArn} was decided on by the same approver since.`);
    }
    story.decisions.set(keyArn, [...voices.filter((voice) => voice !== earlier), held]);
  }
  story.approvals.push(approval);
}

/** What was made elsewhere names no caller of AWS, so that it can speak for none; what was made here does. */
function requireOrigin({ at, expiresAt, submittedBy, imported }: Approval, refuse: Refuse): void {
  if (expiresAt <= at || (imported && isExpired(expiresAt, imported.at))) {
    refuse('evidence-approval', 'The approval had expired when it was recorded.');
  }
  if ('callerArn' in submittedBy === (imported !== undefined)) {
    refuse('evidence-approval', 'Who submitted the approval does not fit the way it came in.');
  }
}

function heldBy(approval: Approval, number: number): (decision: Decision) => Held {
  const { approval: id, at, expiresAt } = approval;
  const approver = approverOf(approval);
  return (decision) => {
    const rank = rankOf({ decision: decision.decision, expiresAt, number });
    return { decision, approval: { approval: id, at, expiresAt }, approver, rank };
  };
}

function inForceOn({ decisions }: Story, keyArn: string): Held | undefined {
  return decisions.get(keyArn)?.reduce((one, other) => (other.rank > one.rank ? other : one));
}

const isBegun = ({ state, outcome }: ChangeInHistory): boolean =>
  state === 'intended' || outcome.outcome === 'enabled';

function followIntent(story: Story, { approval, change }: EntryBody<'intent'>, refuse: Refuse): void {
  const { keyArn, attempts, RotationPeriodInDays, intendedAt } = change;
  const inForce = inForceOn(story, keyArn);
  const earlier = story.changes.get(keyArn);
  if (
    !story['configure-begun'] ||
    inForce?.decision.decision !== 'approve' ||
    inForce.approval.approval !== approval
  ) {
    refuse('evidence-unapproved-change', `${keyArn} was about to be changed without an approval in force.`);
  }
  if (intendedAt === undefined || isExpired(inForce.approval.expiresAt, intendedAt)) {
    refuse('evidence-unapproved-change', `${keyArn} was about to be changed after its approval had expired.`);
  }
  if (RotationPeriodInDays !== inForce.decision.RotationPeriodInDays) {
    refuse('evidence-unapproved-change', `${keyArn} was approved with another period.`);
  }
  if (earlier && isOn(earlier.outcome.outcome)) {
    refuse('evidence-unapproved-change', `${keyArn} was on already, and about to be changed again.`);
  }
  if (attempts !== (earlier?.outcome.attempts ?? 0) + 1) refuse('evidence-outcome', miscounted(keyArn));
  story.changes.set(keyArn, { state: 'intended', outcome: change });
}

function followOutcome(story: Story, outcome: Outcome, refuse: Refuse): void {
  const { keyArn, attempts } = outcome;
  const earlier = story.changes.get(keyArn);
  const inForce = inForceOn(story, keyArn);
  if (!story['configure-begun'] || !inForce) {
    refuse('evidence-unapproved-change', `${keyArn} has an outcome and was never decided on.`);
  }
  if (outcome.RotationPeriodInDays !== inForce.decision.RotationPeriodInDays) {
    refuse('evidence-outcome', `${keyArn} was decided on with another period.`);
  }
  if (earlier && isOn(earlier.outcome.outcome)) refuse('evidence-outcome', `${keyArn} had ended before.`);
  if (attempts !== (earlier?.outcome.attempts ?? 0)) refuse('evidence-outcome', miscounted(keyArn));
  if (attempts === 0 && (outcome.outcome === 'enabled' || outcome.intendedAt !== undefined)) {
    refuse('evidence-outcome', `${keyArn} was changed, it says, and was never announced.`);
  }
  const unsettled = outcome.outcome === 'pending' && outcome.intendedAt !== undefined;
  story.changes.set(keyArn, { state: unsettled ? 'intended' : 'ended', outcome });
}

const miscounted = (keyArn: string): string =>
  `${keyArn}: the count of calls is not that of the announcements before.`;

function followVerdict(story: Story, verdict: Verdict, refuse: Refuse): void {
  const change = story.changes.get(verdict.keyArn);
  if (!story['validate-begun'] || change?.outcome.outcome !== 'enabled' || change.state !== 'ended') {
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict and was not changed.`);
  }
  story.verdicts.set(verdict.keyArn, verdict);
}
