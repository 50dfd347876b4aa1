import type { RolloutPhase } from '../../model/phase.ts';
import { ATTENTION, ATTENTION_KINDS, countAttention } from '../attention.ts';
import { assembleChangeSurvey } from '../change-survey.ts';
import { coverageOf, notSeenText, seenText } from '../coverage.ts';
import type { RolloutRecord } from '../record.ts';
import { summarize } from '../summary.ts';
import { assembleSurvey, yardstickOf } from '../survey.ts';
import { approvalsSection } from './approvals.ts';
import { attentionSection } from './attention.ts';
import { candidatesSection } from './candidates.ts';
import { changesSection } from './changes.ts';
import { completenessSection } from './completeness.ts';
import { enabledSection, ineligibleSection } from './findings.ts';
import { limitsSection } from './limits.ts';
import type { Material } from './material.ts';
import type { Inline, ReportDocument } from './model.ts';
import { count, counted, joined, time } from './phrases.ts';
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
  const coverage = coverageOf(record.rollout.scope, record.places, record.unreachable);
  const material: Material = { record, summary, survey, changes, coverage };
  return {
    title: 'AWS KMS key rotation report',
    lead:
      'Which customer managed KMS keys support automatic rotation, on which it was turned on, ' +
      'on whose approval, and what was read back afterwards.',
    facts: frontFacts(material),
    sections: [
      await attentionSection(material),
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
  validated: 'Validation complete',
};

function frontFacts(material: Material): ReportDocument['facts'] {
  const { summary, coverage } = material;
  const { rollout, phase, totals, times } = summary;
  const unseen = notSeenText(coverage);
  const keys = counted(totals.listed - totals.awsManaged, 'customer managed key');
  return [
    ['Rollout', { code: rollout }],
    ['Stage', STAGE[phase]],
    ['Needs attention', attentionFact(material)],
    [
      'Looked at',
      `${keys} in ${seenText(coverage.accounts, 'account')} and ${seenText(coverage.regions, 'Region')}`,
    ],
    ...(unseen === '' ? [] : [['Not seen', { tone: 'attention', word: unseen }] as const]),
    ['Begun', time(times.createdAt)],
  ];
}

/** The counts of what needs attention, or that nothing does. */
function attentionFact({ changes, survey, summary, coverage }: Material): readonly Inline[] {
  const counts = countAttention(changes, survey.findings.unknown);
  const words = ATTENTION_KINDS.filter((kind) => counts[kind] > 0).map((kind): Inline => {
    const { tone, word } = ATTENTION[kind];
    return { tone, word: `${count(counts[kind])} ${word}` };
  });
  if (summary.mismatches.length > 0) words.unshift({ tone: 'bad', word: 'sums do not add up' });
  if (words.length > 0) return joined(words, ' ');
  return notSeenText(coverage) === '' ? ['nothing'] : ['what was not seen'];
}
