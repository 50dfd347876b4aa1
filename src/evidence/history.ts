import type { Approval } from '../model/approval.ts';
import { type EntryBody, type JournalEntry, type JournalHead, NO_ENTRIES } from '../model/journal.ts';
import type { Rollout } from '../model/rollout.ts';
import { type ChainedEntry, JOURNAL } from './chain.ts';
import { EvidenceError } from './error.ts';
import { followApproval } from './follow-approval.ts';
import { followCheck, followIntent, followOutcome, followVerdict } from './follow-change.ts';
import { followPlace, followReachedPlaces, requireAllPlaces } from './follow-place.ts';
import { requireOrder, requireOwnTime } from './follow-time.ts';
import { isSame } from './json-line.ts';
import type { Population } from './population.ts';
import type { EntryOf, Refuse, Story } from './story.ts';

/** What a journal amounts to. */
export interface History {
  readonly rollout: Rollout;
  readonly head: JournalHead;
  readonly approvals: readonly Approval[];
  /** How many keys were called, have an outcome or an announcement, and were judged. */
  readonly keys: { readonly called: number; readonly changes: number; readonly judged: number };
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
  const { rollout, approvals, changes, judged } = story;
  const called = changes.values().filter(({ attempts }) => attempts > 0);
  const keys = { called: [...called].length, changes: changes.size, judged: judged.size };
  return { rollout, head, approvals: [...approvals.values()], keys };
}

function beginStory(entry: EntryOf<'assess-begun'>, refuse: Refuse): Story {
  const { rollout: id, body: rollout } = entry;
  requireOwnTime(entry, refuse);
  requireUnassessed(rollout, id, refuse);
  return {
    rollout,
    since: rollout.createdAt,
    assessedAt: undefined,
    places: new Map(),
    reached: new Map(),
    run: undefined,
    approvals: new Map(),
    decisions: new Map(),
    changes: new Map(),
    judged: new Set(),
    check: undefined,
    checks: new Set(),
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
      followPlace(story, entry, refuse);
      break;
    case 'assess-completed':
      requireAssessing(story, refuse);
      followAssessment(story, entry, population, refuse);
      break;
    case 'approval':
      followApproval(story, entry.body, population, refuse);
      break;
    case 'configure-begun': {
      requireApproved(story, refuse);
      const { limit, maxFailures, approverKeys } = entry.body;
      story.run = { limit, maxFailures, approverKeys, announced: new Set(), failures: 0 };
      break;
    }
    case 'check-begun':
      requireApproved(story, refuse);
      followCheck(story, entry.body, refuse);
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
  requireOwnTime(entry, refuse);
  requireOrder(story, entry, refuse);
}

function requireApproved({ approvals }: Story, refuse: Refuse): void {
  if (approvals.size === 0) refuse('evidence-unapproved-change', 'Nothing is approved yet.');
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

function followReached(story: Story, body: EntryBody<'accounts-reached'>, refuse: Refuse): void {
  const { rollout } = body;
  requireUnassessed(rollout, story.rollout.id, refuse);
  if (!isWidened(story.rollout, body))
    refuse('evidence-entry', 'It changes more of the rollout than its Regions.');
  story.rollout = rollout;
  followReachedPlaces(story, body, refuse);
}

/** Reaching more accounts adds Regions to the scope, which are then no longer left out. */
function isWidened(before: Rollout, { rollout: after, places }: EntryBody<'accounts-reached'>): boolean {
  const rest = ({ scope, regionsLeftOut, ...same }: Rollout) => ({ ...same, ...scope, regions: [] });
  const regions = new Set([...before.scope.regions, ...places.map(({ region }) => region)]);
  const isKept = isSame([...regions].sort(), after.scope.regions);
  const left = before.regionsLeftOut?.filter((region) => !after.scope.regions.includes(region));
  return isKept && isSame(rest(before), rest(after)) && isSame(left, after.regionsLeftOut);
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
  requireAllPlaces(story, population, refuse);
  story.rollout = { ...story.rollout, assessedAt: at, planDigest };
  story.assessedAt = at;
}
