import type { Finding } from '../model/finding.ts';
import { priceOfRollout } from '../model/prices.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import { describeStack, type Stack, stackOf } from '../model/stack.ts';
import {
  addedText,
  ageText,
  aliasesText,
  lastUseText,
  pastRotationsText,
  policyText,
  refusalText,
  replicasText,
  stackText,
  tagsText,
} from '../report/profile.ts';
import type { FindingAnswer } from './shapes.ts';

/** A candidate's advice names the risk already. */
function stackFact(finding: Finding, stack: Stack): string {
  const risk = describeStack(stack, finding);
  return finding.advice.includes(risk) ? stackText(finding) : `${stackText(finding)}. ${risk}`;
}

/** What is known of a key, in words; text from AWS as it came. */
export function factsOf(finding: Finding, rollout: AssessedRollout): FindingAnswer['facts'] {
  const price = priceOfRollout(rollout);
  const { users, administrators, open } = policyText(finding);
  const stack = stackOf(finding.tags);
  const facts = {
    'Key ARN': finding.keyArn,
    Aliases: aliasesText(finding),
    Description: finding.Description,
    Finding: finding.reason === undefined ? finding.kind : `${finding.kind}: ${finding.reason}`,
    Rotation: finding.rotation,
    State: finding.KeyState,
    Type: [finding.KeySpec, finding.KeyUsage, finding.Origin].filter(Boolean).join(', '),
    Age: ageText(finding, rollout.assessedAt),
    'Last use': lastUseText(finding),
    'Past rotations': pastRotationsText(finding),
    [`Rotation adds a month (${price.currency})`]:
      finding.kind === 'candidate' ? addedText(finding, price) : '',
    Replicas: replicasText(finding),
    'CloudFormation stack': stack && stackFact(finding, stack),
    'Key policy and this change': refusalText(finding),
    Tags: tagsText(finding),
    'Who may use it': users,
    'Who administers it': administrators,
    'Open to others': open,
    'Could not be read': finding.gaps.map(({ operation, code }) => `${operation}: ${code}`).join(', '),
  };
  return Object.entries(facts).flatMap(([label, text]) => (text ? [{ label, text }] : []));
}
