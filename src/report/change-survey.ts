import { noOutcomes, type OutcomeKind, type OutcomeTotals } from '../model/outcome.ts';
import type { VerdictKind } from '../model/verdict.ts';
import type { RolloutRecord } from './record.ts';

/** The first and the last of some times; null where there are none. */
export interface TimeRange {
  readonly first: string | null;
  readonly last: string | null;
}

/** What one pass over the outcomes and one over the verdicts say of all of them: counts and times, however many. */
export interface ChangeSurvey {
  readonly outcomes: OutcomeTotals;
  readonly byAccount: ReadonlyMap<string, AccountChanges>;
  readonly verdicts: Readonly<Record<VerdictKind, number>>;
  /** Turned on, and not read back so far. */
  readonly notYetValidated: number;
  /** What verdicts name: several facts of a key can differ, and a key can have several replicas. */
  readonly differences: number;
  readonly replicas: number;
  readonly changed: TimeRange;
  readonly validated: TimeRange;
}

/** What became of one account's approved keys. */
export interface AccountChanges {
  readonly outcomes: Record<OutcomeKind, number>;
  readonly verdicts: Record<VerdictKind, number>;
}

export async function assembleChangeSurvey(record: RolloutRecord): Promise<ChangeSurvey> {
  const byAccount = new Map<string, AccountChanges>();
  return {
    ...(await surveyOutcomes(record, byAccount)),
    ...(await surveyVerdicts(record, byAccount)),
    byAccount,
  };
}

function changesOf(byAccount: Map<string, AccountChanges>, account: string): AccountChanges {
  const known = byAccount.get(account) ?? { outcomes: noOutcomes(), verdicts: noVerdicts() };
  byAccount.set(account, known);
  return known;
}

const noVerdicts = () => ({ confirmed: 0, discrepant: 0, unreadable: 0 });

async function surveyOutcomes(record: RolloutRecord, byAccount: Map<string, AccountChanges>) {
  const outcomes = noOutcomes();
  let changed = NEVER;
  for await (const { account, status, finishedAt } of record.outcomes()) {
    outcomes[status] += 1;
    changesOf(byAccount, account).outcomes[status] += 1;
    if (finishedAt !== undefined) changed = extend(changed, finishedAt);
  }
  return { outcomes, changed };
}

async function surveyVerdicts(record: RolloutRecord, byAccount: Map<string, AccountChanges>) {
  const verdicts = noVerdicts();
  let [validated, differences, replicas] = [NEVER, 0, 0];
  for await (const each of record.verdicts()) {
    verdicts[each.kind] += 1;
    changesOf(byAccount, each.account).verdicts[each.kind] += 1;
    if (each.kind === 'discrepant') differences += Math.max(1, each.differences.length);
    replicas += each.replicas.length;
    validated = extend(validated, each.readAt);
  }
  let notYetValidated = 0;
  for await (const _ of record.outcomes({ outcomes: ['applied'], verdicts: ['none'] })) notYetValidated += 1;
  return { verdicts, notYetValidated, differences, replicas, validated };
}

const NEVER: TimeRange = { first: null, last: null };

function extend({ first, last }: TimeRange, at: string): TimeRange {
  return {
    first: first !== null && first < at ? first : at,
    last: last !== null && last > at ? last : at,
  };
}
