import { isExpired } from '../model/in-force.ts';
import type { EntryBody } from '../model/journal.ts';
import { isOn, type Outcome } from '../model/outcome.ts';
import type { Verdict } from '../model/verdict.ts';
import { inForceOn, type Refuse, type Story } from './story.ts';

/** A change is announced under an approval in force at that moment, on a key that is not on, and counted. */
export function followIntent(story: Story, { approval, change }: EntryBody<'intent'>, refuse: Refuse): void {
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
  if (earlier && isOn(earlier.outcome)) {
    refuse('evidence-unapproved-change', `${keyArn} was on already, and about to be changed again.`);
  }
  if (attempts !== (earlier?.attempts ?? 0) + 1) refuse('evidence-outcome', miscounted(keyArn));
  story.changes.set(keyArn, { state: 'intended', outcome: 'pending', attempts });
}

/** A change ends as often as it was announced, and once it is on it has ended. */
export function followOutcome(story: Story, outcome: Outcome, refuse: Refuse): void {
  const { keyArn, attempts } = outcome;
  const earlier = story.changes.get(keyArn);
  const inForce = inForceOn(story, keyArn);
  if (!story['configure-begun'] || !inForce) {
    refuse('evidence-unapproved-change', `${keyArn} has an outcome and was never decided on.`);
  }
  if (outcome.RotationPeriodInDays !== inForce.decision.RotationPeriodInDays) {
    refuse('evidence-outcome', `${keyArn} was decided on with another period.`);
  }
  if (earlier && isOn(earlier.outcome)) refuse('evidence-outcome', `${keyArn} had ended before.`);
  if (attempts !== (earlier?.attempts ?? 0)) refuse('evidence-outcome', miscounted(keyArn));
  if (attempts === 0 && (outcome.outcome === 'enabled' || outcome.intendedAt !== undefined)) {
    refuse('evidence-outcome', `${keyArn} was changed, it says, and was never announced.`);
  }
  const unsettled = outcome.outcome === 'pending' && outcome.intendedAt !== undefined;
  story.changes.set(keyArn, { state: unsettled ? 'intended' : 'ended', outcome: outcome.outcome, attempts });
}

const miscounted = (keyArn: string): string =>
  `${keyArn}: the count of calls is not that of the announcements before.`;

/** What was changed is judged, and nothing else. */
export function followVerdict(story: Story, verdict: Verdict, refuse: Refuse): void {
  const change = story.changes.get(verdict.keyArn);
  if (!story['validate-begun'] || change?.outcome !== 'enabled' || change.state !== 'ended') {
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict and was not changed.`);
  }
  if (!isCoherent(verdict))
    refuse('evidence-verdict', `${verdict.keyArn} has a verdict that contradicts itself.`);
  story.judged.add(verdict.keyArn);
}

/** A confirmed change differs in nothing, a discrepant one in something; rotations that were counted have a last one. */
function isCoherent({ verdict, differences, rotations }: Verdict): boolean {
  const fits = verdict === 'discrepant' ? differences.length > 0 : differences.length === 0;
  const isCounted =
    rotations?.kind !== 'read' || rotations.automatic > 0 === (rotations.lastAt !== undefined);
  return fits && isCounted;
}
