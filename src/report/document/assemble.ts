import type { RolloutPhase } from '../../model/phase.ts';
import { assembleChangeSurvey } from '../change-survey.ts';
import type { RolloutRecord } from '../record.ts';
import { summarize } from '../summary.ts';
import type { RolloutSummary } from '../summary-model.ts';
import { assembleSurvey, yardstickOf } from '../survey.ts';
import { approvalsSection } from './approvals.ts';
import { candidatesSection } from './candidates.ts';
import { changesSection } from './changes.ts';
import { completenessSection } from './completeness.ts';
import { enabledSection, ineligibleSection } from './findings.ts';
import { limitsSection } from './limits.ts';
import type { Material } from './material.ts';
import type { ReportDocument } from './model.ts';
import { counted, time } from './phrases.ts';
import { postureSection } from './posture.ts';
import { sourcesSection } from './sources.ts';
import { unseenSection } from './unseen.ts';
import { validationSection } from './validation.ts';

/**
 * Puts the report of one rollout together. Holds counts, not keys: tables of those are read while they are rendered.
 */
export async function assembleDocument(record: RolloutRecord): Promise<ReportDocument> {
  const survey = await assembleSurvey(record.findings(), yardstickOf(record.rollout));
  const changes = await assembleChangeSurvey(record);
  const summary = await summarize(record, survey, changes);
  const material: Material = { record, summary, survey, changes };
  return {
    title: 'AWS KMS key rotation report',
    lead:
      'Which customer managed KMS keys support automatic rotation, on which it was turned on, ' +
      'on whose approval, and what was read back afterwards.',
    facts: frontFacts(summary),
    sections: [
      postureSection(material),
      sourcesSection(material),
      completenessSection(material),
      unseenSection(material),
      candidatesSection(material),
      enabledSection(material),
      ineligibleSection(material),
      approvalsSection(material),
      changesSection(material),
      validationSection(material),
      limitsSection(),
    ],
  };
}

const STAGE: Readonly<Record<RolloutPhase, string>> = {
  assessing: 'Assessment under way: the counts below are not final',
  assessed: 'Assessed; nothing decided yet',
  approved: 'Decided; changes not complete',
  configured: 'Changes made; validation not complete',
  validated: 'Validated',
};

function frontFacts({ rollout, phase, scope, totals, times }: RolloutSummary): ReportDocument['facts'] {
  const keys = totals.listed - totals.awsManaged;
  return [
    ['Rollout', { code: rollout }],
    ['Stage', { strong: STAGE[phase] }],
    [
      'Looked at',
      `${counted(keys, 'customer managed key')}; ${counted(scope.accounts.length, 'account')}; ${counted(scope.regions.length, 'Region')}`,
    ],
    ['Begun', time(times.createdAt)],
  ];
}
