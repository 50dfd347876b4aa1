import type { OutcomeTotals } from '../model/outcome.ts';
import type { Counts } from '../model/plan.ts';
import type { RolloutRecord } from './record.ts';
import type { DecisionCounts, Mismatch, ValidationCounts } from './summary-model.ts';
import type { Survey } from './survey.ts';

interface Books {
  readonly record: RolloutRecord;
  readonly survey: Survey;
  readonly totals: Counts;
  readonly decisions: DecisionCounts;
  readonly outcomes: OutcomeTotals;
  readonly validation: ValidationCounts | null;
}

export const LISTED_EQUATION = 'listed = candidate + enabled + ineligible + unknown + AWS managed';

/**
 * Checks every sum that a report prints against what it is a sum of: what was counted apart must agree. Nothing is
 * due to add up while the assessment is still under way.
 */
export function findMismatches(books: Books): Mismatch[] {
  if (books.record.rollout.planDigest === undefined) return [];
  return [...placeEquations(books), ...findingEquations(books), ...changeEquations(books)].filter(
    ({ left, right }) => left !== right,
  );
}

function placeEquations({ record }: Books): Mismatch[] {
  return record.places.map((place) => ({
    equation: `${place.account} ${place.region}: ${LISTED_EQUATION}`,
    left: place.listed,
    right: place.candidate + place.enabled + place.ineligible + place.unknown + place.awsManaged,
  }));
}

/** The findings, counted as they stream by, against the counts of the places. */
function findingEquations({ survey, totals }: Books): Mismatch[] {
  return (['candidate', 'enabled', 'ineligible', 'unknown'] as const).map((kind) => ({
    equation: `findings that are ${kind} = ${kind} by place`,
    left: survey.findings[kind],
    right: totals[kind],
  }));
}

function changeEquations({ survey, decisions, outcomes, validation }: Books): Mismatch[] {
  const { approved, declined, deferred, undecided } = decisions;
  return [
    {
      equation: 'candidates = approved + declined + deferred + undecided',
      left: survey.findings.candidate,
      right: approved + declined + deferred + undecided,
    },
    {
      equation: 'approved = applied + already in place + skipped + failed + pending + unsettled',
      left: approved,
      right: sum(outcomes),
    },
    ...(validation ? [validationEquation(validation)] : []),
  ];
}

export const VALIDATION_EQUATION =
  'requested = confirmed + discrepant + unreadable + not yet validated + not changed';

function validationEquation({ requested, notChanged, ...counts }: ValidationCounts): Mismatch {
  const { confirmed, discrepant, unreadable, notYetValidated } = counts;
  const right = confirmed + discrepant + unreadable + notYetValidated + sum(notChanged);
  return { equation: VALIDATION_EQUATION, left: requested, right };
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
