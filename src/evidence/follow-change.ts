import { isExpired } from '../model/in-force.ts';
import type { EntryBody } from '../model/journal.ts';
import { isOn, type Outcome } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import { intentContradicts, outcomeContradicts } from './contradictions.ts';
import { isSame } from './json-line.ts';
import {
  type Announcement,
  type ChangeSoFar,
  heldByApproval,
  inForceOn,
  type Refuse,
  type Run,
  type Story,
} from './story.ts';
import { type JudgedChange, verdictContradicts } from './verdict-contradictions.ts';

/**
 * A change is announced under an approval that holds at that moment, its approver's last word on the key, which nobody
 * declines. The key is not on, and the change is counted.
 */
export function followIntent(story: Story, { approval, change }: EntryBody<'intent'>, refuse: Refuse): void {
  const { keyArn, attempts, RotationPeriodInDays, intendedAt } = change;
  const held = heldByApproval(story, keyArn, approval);
  const earlier = story.changes.get(keyArn);
  if (!story.run || held?.decision.choice !== 'approve') {
    refuse('evidence-unapproved-change', `${keyArn} was about to be changed without an approval in force.`);
  }
  requireSigned(story, approval, keyArn, refuse);
  if (intendedAt === undefined || isExpired(held.approval.expiresAt, intendedAt)) {
    refuse('evidence-unapproved-change', `${keyArn} was about to be changed after its approval had expired.`);
  }
  if (RotationPeriodInDays !== held.decision.RotationPeriodInDays) {
    refuse('evidence-unapproved-change', `${keyArn} was approved with another period.`);
  }
  if (earlier && isOn(earlier.status)) {
    refuse('evidence-unapproved-change', `${keyArn} was on already, and about to be changed again.`);
  }
  if (attempts !== (earlier?.attempts ?? 0) + 1) refuse('evidence-outcome', miscounted(keyArn));
  requireWithinLimit(story.run, keyArn, refuse);
  requireDerived(intentContradicts(change) ?? answerContradicts(change, earlier), change, refuse);
  story.changes.set(keyArn, {
    status: 'unsettled',
    attempts,
    record: judgedOf(change),
    announced: announcementIn(change),
    unanswered: change.unanswered === true,
  });
}

/** What a run says that it required holds of each of its changes. */
function requireSigned({ run, approvals }: Story, approval: string, keyArn: string, refuse: Refuse): void {
  const keyid = approvals.get(approval)?.signature?.keyid;
  if (!run?.approverKeys || (keyid !== undefined && run.approverKeys.includes(keyid))) return;
  refuse('evidence-unapproved-change', `${keyArn} was about to be changed without the signature required.`);
}

function requireWithinLimit({ announced, limit }: Run, keyArn: string, refuse: Refuse): void {
  announced.add(keyArn);
  if (limit !== null && announced.size > limit) {
    refuse('evidence-unapproved-change', `More keys are changed than the ${limit} of the run.`);
  }
}

function requireWithinFailures(run: Run, { status }: Outcome, refuse: Refuse): void {
  if (status === 'failed') run.failures += 1;
  if (run.maxFailures !== null && run.failures > run.maxFailures) {
    refuse('evidence-outcome', `More changes fail than the ${run.maxFailures} of the run.`);
  }
}

function requireDerived(why: string | undefined, { keyArn }: Outcome, refuse: Refuse): void {
  if (why !== undefined) refuse('evidence-outcome', `${keyArn} contradicts itself: ${why}.`);
}

/** A change ends as often as it was announced, and once it is on it has ended. */
export function followOutcome(story: Story, outcome: Outcome, refuse: Refuse): void {
  const { keyArn, attempts } = outcome;
  const earlier = story.changes.get(keyArn);
  const inForce = inForceOn(story, keyArn);
  if (!story.run || !inForce) {
    refuse('evidence-unapproved-change', `${keyArn} has an outcome and was never decided on.`);
  }
  if (outcome.RotationPeriodInDays !== inForce.decision.RotationPeriodInDays) {
    refuse('evidence-outcome', `${keyArn} was decided on with another period.`);
  }
  if (earlier && isOn(earlier.status)) refuse('evidence-outcome', `${keyArn} had ended before.`);
  if (attempts !== (earlier?.attempts ?? 0)) refuse('evidence-outcome', miscounted(keyArn));
  if (attempts === 0 && (outcome.status === 'applied' || outcome.intendedAt !== undefined)) {
    refuse('evidence-outcome', `${keyArn} was changed, it says, and was never announced.`);
  }
  const announced = earlier?.announced;
  if (outcome.intendedAt !== undefined && !isAsAnnounced(outcome, announced)) {
    refuse(
      'evidence-outcome',
      `${keyArn} was announced at another time, or after another check, than it says.`,
    );
  }
  requireDerived(outcomeContradicts(outcome) ?? answerContradicts(outcome, earlier), outcome, refuse);
  requireWithinFailures(story.run, outcome, refuse);
  story.changes.set(keyArn, {
    status: outcome.status,
    attempts,
    record: judgedOf(outcome),
    announced,
    unanswered: outcome.unanswered === true,
  });
}

/** Reading a key back replaces what was found, and nothing else of the announcement. */
function isAsAnnounced(outcome: Outcome, announced: Announcement | undefined): boolean {
  const { found, ...said } = announcementIn(outcome);
  const { found: foundBefore, ...before } = announced ?? announcementIn(outcome);
  const isFound = outcome.proof === 'presumed' || isSame(found, foundBefore);
  return announced !== undefined && isFound && isSame(said, before);
}

const announcementIn = ({ intendedAt, checkedAt, drift, found }: Outcome): Announcement => ({
  intendedAt,
  checkedAt,
  drift,
  found,
});

/** A call can go unanswered once there was one, and has then done so for good. */
function answerContradicts(
  { unanswered = false }: Outcome,
  earlier: ChangeSoFar | undefined,
): string | undefined {
  if (unanswered && (earlier?.attempts ?? 0) === 0) return 'nothing was called that could go unanswered';
  return earlier?.unanswered && !unanswered ? 'a call of its own went unanswered before' : undefined;
}

const miscounted = (keyArn: string): string =>
  `${keyArn}: the count of calls is not that of the announcements before.`;

/** A check begins with an id of its own. */
export function followCheck(story: Story, { check }: EntryBody<'check-begun'>, refuse: Refuse): void {
  if (story.checks.has(check)) refuse('evidence-entry', 'The id of the check was used before.');
  story.checks.add(check);
  story.check = check;
}

/** What was changed is judged by the check that is on, and nothing else. */
export function followVerdict(story: Story, verdict: Verdict, refuse: Refuse): void {
  const change = story.changes.get(verdict.keyArn);
  if (verdict.check !== story.check) {
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict of another check than the one that is on.`);
  }
  if (change?.status !== 'applied') {
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict and was not changed.`);
  }
  const why = verdictContradicts(verdict, change.record);
  if (why !== undefined)
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict that contradicts itself: ${why}.`);
  story.judged.add(verdict.keyArn);
}

/** What verdicts are held against: the whole of 100,000 records would fill the memory. */
function judgedOf({ proof, intendedAt, finishedAt, RotationPeriodInDays }: Outcome): JudgedChange {
  return { proof, intendedAt, finishedAt, RotationPeriodInDays };
}
