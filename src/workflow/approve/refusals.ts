import { type RefusalWarning, warnOfRefusal } from '../../model/refusal-warning.ts';
import type { Store } from '../ports.ts';

/** Candidates by what their key policy holds against the change. */
export type Refusals = Readonly<Record<RefusalWarning['kind'], number>>;

/** Counts the candidates that configure may not be let to change. @param only those keys; all if it is omitted */
export async function countRefusals(
  store: Store,
  rollout: string,
  only?: ReadonlySet<string>,
): Promise<Refusals> {
  const refusals = { refused: 0, conditional: 0 };
  if (only?.size === 0) return refusals;
  for await (const finding of store.findings(rollout, { kind: 'candidate' })) {
    const warning = only && !only.has(finding.keyArn) ? undefined : warnOfRefusal(finding);
    if (warning) refusals[warning.kind] += 1;
  }
  return refusals;
}
