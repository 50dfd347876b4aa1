import type { Approval, Decision, DecisionKind } from '../model/approval.ts';
import { approverOf, isExpired, isLongBefore, LONGEST_LIFE_MS, rankOf } from '../model/in-force.ts';
import { isNamedByArn } from '../model/place.ts';
import type { Population } from './population.ts';
import type { ChangeSoFar, Refuse, Story } from './story.ts';
import { type Held, Voices } from './voices.ts';

/** An approval is over this plan, by somebody in time, and takes back nothing that was changed. */
export function followApproval(
  story: Story,
  approval: Approval,
  { candidates }: Population,
  refuse: Refuse,
): void {
  const { id, planDigest, RotationPeriodInDays } = story.rollout;
  if (planDigest === undefined || approval.planDigest !== planDigest || approval.rollout !== id) {
    refuse('evidence-approval', 'The approval is over another plan.');
  }
  if (story.approvals.has(approval.id)) {
    refuse('evidence-approval', 'An approval of this id was recorded before.');
  }
  requireOrigin(approval, refuse);
  requireTimes(approval, story.assessedAt ?? '', refuse);
  if (approval.decisions.length === 0) refuse('evidence-approval', 'It decides nothing.');
  const hold = heldBy(approval, story.approvals.size + 1);
  const named = new Set<string>();
  for (const decision of approval.decisions) {
    const { keyArn } = decision;
    if (named.has(keyArn)) refuse('evidence-approval', `${keyArn} is decided on twice.`);
    named.add(keyArn);
    if (!isNamedByArn(decision)) refuse('evidence-approval', `${keyArn} does not name this key.`);
    if (!candidates.has(keyArn)) refuse('evidence-approval', `${keyArn} is not a candidate of the plan.`);
    if (decision.RotationPeriodInDays !== RotationPeriodInDays) {
      refuse('evidence-approval', `${keyArn} is approved with another period than the plan's.`);
    }
    const change = story.changes.get(keyArn);
    if (decision.choice !== 'approve' && change && isBegun(change)) {
      refuse('evidence-approval', `${keyArn} was changed, or may have been, before it was taken back.`);
    }
    const held = hold(decision);
    const voices = story.decisions.get(keyArn) ?? new Voices();
    const earlier = voices.lastOf(held.approver);
    if (earlier && earlier.approval.at > approval.at) {
      refuse('evidence-approval', `${keyArn} was decided on by the same approver since.`);
    }
    voices.add(held);
    story.decisions.set(keyArn, voices);
  }
  story.approvals.set(approval.id, approval);
}

/** An approval is made after its plan, is brought in after it was made, and holds a year at most. */
function requireTimes({ at, expiresAt, imported }: Approval, assessedAt: string, refuse: Refuse): void {
  if (Date.parse(expiresAt) - Date.parse(at) > LONGEST_LIFE_MS) {
    refuse('evidence-approval', 'The approval holds for more than 366 days.');
  }
  if (isLongBefore(at, assessedAt) || (imported && isLongBefore(imported.at, at))) {
    refuse('evidence-approval', 'The approval is older than its plan, or younger than its import.');
  }
}

/** What was made elsewhere names no caller of AWS, so that it can speak for none; what was made here does. */
function requireOrigin({ at, expiresAt, submittedBy, imported }: Approval, refuse: Refuse): void {
  if (expiresAt <= at || (imported && isExpired(expiresAt, imported.at))) {
    refuse('evidence-approval', 'The approval had expired when it was recorded.');
  }
  if ('callerArn' in submittedBy === (imported !== undefined)) {
    refuse('evidence-approval', 'Who submitted the approval does not fit the way it came in.');
  }
  const caller = imported?.by ?? ('callerArn' in submittedBy ? submittedBy : undefined);
  if (caller && (CALLER_ACCOUNT.exec(caller.callerArn)?.[1] ?? caller.account) !== caller.account) {
    refuse('evidence-approval', 'Who submitted the approval is of another account than their ARN.');
  }
}

const CALLER_ACCOUNT = /^arn:[a-z0-9-]+:(?:iam|sts)::(\d{12}):/;

function heldBy(approval: Approval, number: number): (decision: Decision) => Held {
  const { id, at, expiresAt } = approval;
  const held = { id, at, expiresAt };
  const approver = approverOf(approval);
  const rankOn = (decision: DecisionKind): string => rankOf({ choice: decision, expiresAt, number });
  const ranks = { approve: rankOn('approve'), decline: rankOn('decline'), defer: rankOn('defer') };
  return (decision) => ({ decision, approval: held, approver, rank: ranks[decision.choice] });
}

const isBegun = ({ status }: ChangeSoFar): boolean => status === 'unsettled' || status === 'applied';
