import { type Cost, type CostTally, costOf, openTally } from '../model/cost.ts';
import type { Finding, FindingKind, FindingReason } from '../model/finding.ts';
import { type GapCount, openGapTally } from '../model/gap.ts';
import type { RotationPrice } from '../model/price.ts';
import { priceOfRollout } from '../model/prices.ts';
import { type RefusalWarning, warnOfRefusal } from '../model/refusal-warning.ts';
import type { Rollout } from '../model/rollout.ts';
import { stackOf } from '../model/stack.ts';
import { isLongerThan } from './profile.ts';
import type { Rows } from './rows.ts';

/** The keys that one reason stands against, and what a person can do: the distinct pieces of advice. */
export interface ReasonCount {
  readonly reason: FindingReason;
  readonly basis?: 'type' | 'state';
  readonly count: number;
  readonly advice: readonly string[];
}

/** When a fact was read first and last, and on how many keys. */
export interface FactTimes {
  readonly fact: string;
  readonly keys: number;
  readonly first: string;
  readonly last: string;
}

/** What one pass over the findings says of all of them: bounded by the number of reasons, not of keys. */
export interface Survey {
  readonly findings: Readonly<Record<FindingKind, number>>;
  /** Most frequent first. */
  readonly reasons: readonly ReasonCount[];
  readonly rotationAmongStateIneligible: Readonly<Record<Finding['rotation'], number>>;
  readonly orphanReplicas: number;
  /** Regions of primaries that are outside the scope. */
  readonly regionsToAdd: readonly string[];
  readonly factTimes: readonly FactTimes[];
  /** Reads that failed on keys of which something could be said all the same, by operation. */
  readonly gaps: readonly GapCount[];
  /** What the candidates would cost, all of them. */
  readonly cost: Cost;
  readonly costByAccount: ReturnType<CostTally['byAccount']>;
  /** Candidates that are resources of a CloudFormation stack. */
  readonly inStacks: number;
  /** Candidates whose key policy refuses the change, or may. */
  readonly refusals: Readonly<Record<RefusalWarning['kind'], number>>;
  /** Keys that are on with a longer period than is wanted. */
  readonly longPeriods: number;
}

/** What a survey is to hold findings against. */
export interface Yardstick {
  readonly price: RotationPrice;
  /** Days. */
  readonly maxPeriodInDays?: number | undefined;
}

/** Advice can name an operation or a key; a report needs a few of them, not one a key. */
const ADVICE_KEPT = 3;

export async function assembleSurvey(
  findings: Rows<Finding>,
  { price, maxPeriodInDays }: Yardstick,
): Promise<Survey> {
  const kinds = { candidate: 0, enabled: 0, ineligible: 0, unknown: 0 };
  const rotation = { on: 0, off: 0, unreadable: 0, 'not-read': 0 };
  const reasons = new Map<FindingReason, ReasonCount>();
  const times = new Map<string, FactTimes>();
  const gaps = openGapTally();
  const regions = new Set<string>();
  const costs = openTally();
  const refusals = { refused: 0, conditional: 0 };
  let inStacks = 0;
  let longPeriods = 0;
  let orphanReplicas = 0;
  for await (const finding of findings) {
    kinds[finding.kind] += 1;
    if (finding.basis === 'state') rotation[finding.rotation] += 1;
    countReason(reasons, finding);
    countTimes(times, finding);
    gaps.add(finding);
    if (isLongerThan(finding, maxPeriodInDays)) longPeriods += 1;
    if (finding.kind === 'candidate') {
      costs.add(finding.account, costOf(finding, price));
      if (stackOf(finding.tags)) inStacks += 1;
      const warning = warnOfRefusal(finding);
      if (warning) refusals[warning.kind] += 1;
    }
    if (finding.primaryInScope !== false) continue;
    orphanReplicas += 1;
    const region = finding.MultiRegionConfiguration?.PrimaryKey?.Region;
    if (region !== undefined) regions.add(region);
  }
  return {
    findings: kinds,
    reasons: [...reasons.values()].sort((a, b) => b.count - a.count || order(a.reason, b.reason)),
    rotationAmongStateIneligible: rotation,
    orphanReplicas,
    regionsToAdd: [...regions].sort(),
    factTimes: [...times.values()].sort((a, b) => order(a.fact, b.fact)),
    gaps: gaps.counts(),
    cost: costs.total(),
    costByAccount: costs.byAccount(),
    inStacks,
    refusals,
    longPeriods,
  };
}

function countReason(reasons: Map<FindingReason, ReasonCount>, { reason, basis, advice }: Finding): void {
  if (reason === undefined) return;
  const known = reasons.get(reason)?.advice ?? [];
  const isNew = known.length < ADVICE_KEPT && !known.includes(advice);
  reasons.set(reason, {
    reason,
    ...(basis && { basis }),
    count: (reasons.get(reason)?.count ?? 0) + 1,
    advice: isNew ? [...known, advice] : known,
  });
}

function countTimes(times: Map<string, FactTimes>, { readAt }: Finding): void {
  for (const [fact, at] of Object.entries(readAt)) {
    const known = times.get(fact);
    const first = known && known.first < at ? known.first : at;
    const last = known && known.last > at ? known.last : at;
    times.set(fact, { fact, keys: (known?.keys ?? 0) + 1, first, last });
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What the findings of a rollout are held against. */
export const yardstickOf = (rollout: Rollout): Yardstick => ({
  price: priceOfRollout(rollout),
  maxPeriodInDays: rollout.maxPeriodInDays,
});
