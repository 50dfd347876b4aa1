import type { ChangeSurvey } from '../change-survey.ts';
import type { Coverage } from '../coverage.ts';
import type { RolloutRecord } from '../record.ts';
import type { RolloutSummary } from '../summary-model.ts';
import type { Survey } from '../survey.ts';

/** What the sections are made from. */
export interface Material {
  readonly record: RolloutRecord;
  readonly summary: RolloutSummary;
  readonly survey: Survey;
  readonly changes: ChangeSurvey;
  readonly coverage: Coverage;
}
