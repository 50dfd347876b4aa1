import type { FaultRule } from '../settings/rule.ts';
import { matches, type Subject } from './match.ts';

interface Counted {
  readonly rule: FaultRule;
  matched: number;
  struck: number;
}

export interface Faults {
  /** The fault that strikes this call at this moment, if any. */
  strike(when: 'before' | 'after', subject: Subject): FaultRule | undefined;
}

const momentOf = (rule: FaultRule) => rule.when ?? (rule.kind === 'answer' ? 'after' : 'before');

/** Rules in order; the first that matches and is due strikes. `skip` and `times` count since they were set. */
export function createFaults(rules: readonly FaultRule[], random: () => number): Faults {
  const since = performance.now();
  const counted: Counted[] = rules.map((rule) => ({ rule, matched: 0, struck: 0 }));
  const isDue = (entry: Counted): boolean => {
    const { skip = 0, times = Number.POSITIVE_INFINITY, probability = 1, afterMs = 0 } = entry.rule;
    if (performance.now() - since < afterMs) return false;
    entry.matched += 1;
    if (entry.matched <= skip || entry.struck >= times) return false;
    if (probability < 1 && random() >= probability) return false;
    entry.struck += 1;
    return true;
  };
  return {
    strike: (when, subject) =>
      counted.find((entry) => momentOf(entry.rule) === when && matches(entry.rule, subject) && isDue(entry))
        ?.rule,
  };
}
