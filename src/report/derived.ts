import { costOf, monthlyAfter } from '../model/cost.ts';
import { familyOf } from '../model/family.ts';
import type { Finding } from '../model/finding.ts';
import type { RotationPrice } from '../model/price.ts';
import { warnOfRefusal } from '../model/refusal-warning.ts';
import { stackOf } from '../model/stack.ts';

/**
 * A finding with what follows from it: what rotation would cost, the stack that owns it, the
 * replicas that it has, and what its key policy holds against the change.
 */
export function withDerived(finding: Finding, price: RotationPrice): object {
  const stack = stackOf(finding.tags);
  const warning = warnOfRefusal(finding);
  const family = familyOf(finding);
  return {
    ...finding,
    ...(finding.kind === 'candidate' && { cost: costInFull(finding, price) }),
    ...(stack && { stack }),
    ...(family && { family }),
    ...(warning && { warning }),
  };
}

/** `perMonth` is what is added once the n-th rotation has happened; `isMost` where past rotations are not known. */
function costInFull(finding: Finding, price: RotationPrice) {
  const cost = costOf(finding, price);
  return {
    perMonth: monthlyAfter(cost, price),
    currency: price.currency,
    pricedKeys: cost.priced,
    isMost: cost.notCounted > 0,
    basis: price.basis,
  };
}
