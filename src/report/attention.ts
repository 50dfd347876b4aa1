import type { ChangeSurvey } from './change-survey.ts';
import type { Tone } from './document/model.ts';

/** What a person has to look into, the worst first. */
export const ATTENTION_KINDS = [
  'failed',
  'discrepant',
  'unsettled',
  'unreadable',
  'skipped',
  'unknown',
  'unvalidated',
  'pending',
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];
export type AttentionCounts = Readonly<Record<AttentionKind, number>>;

/** How each kind is called, and the section of the report that has all of its keys. */
export const ATTENTION: Readonly<
  Record<AttentionKind, { readonly word: string; readonly tone: Tone; readonly section: string }>
> = {
  failed: { word: 'failed', tone: 'bad', section: 'changes' },
  discrepant: { word: 'not as expected', tone: 'bad', section: 'validation' },
  unsettled: { word: 'effect not known', tone: 'bad', section: 'changes' },
  unreadable: { word: 'could not be read back', tone: 'attention', section: 'validation' },
  skipped: { word: 'skipped', tone: 'attention', section: 'changes' },
  unknown: { word: 'could not be assessed', tone: 'attention', section: 'not-seen' },
  unvalidated: { word: 'not read back yet', tone: 'attention', section: 'validation' },
  pending: { word: 'not changed yet', tone: 'neutral', section: 'changes' },
};

/** Keys by what they need. */
export const countAttention = (
  { outcomes, verdicts, notYetValidated }: ChangeSurvey,
  unknown: number,
): AttentionCounts => ({
  failed: outcomes.failed,
  discrepant: verdicts.discrepant,
  unsettled: outcomes.unsettled,
  unreadable: verdicts.unreadable,
  skipped: outcomes.skipped,
  unknown,
  unvalidated: notYetValidated,
  pending: outcomes.pending,
});
