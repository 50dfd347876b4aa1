import { assembleFinding } from '../../assess/assemble.ts';
import { decideStep, type Step } from '../../configure/step.ts';
import type { Finding } from '../../model/finding.ts';
import type { Found } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { KeyReference, KmsPlace, Store } from '../ports.ts';
import { readRotationFacts } from '../reading/read-key.ts';

/** The fresh check: how the key is now against how it was approved, and what was read for it. */
export async function checkKey(
  store: Store,
  kms: KmsPlace,
  rollout: AssessedRollout,
  { keyArn, keyId }: KeyReference,
): Promise<{ step: Step; found?: Found }> {
  const approved = await store.finding(rollout.id, keyArn);
  const facts = { keyArn, keyId, ...kms.place, ...(await readRotationFacts(kms, keyArn)) };
  const fresh = assembleFinding(facts, rollout);
  if (approved && fresh) return { step: decideStep(approved, fresh), found: foundIn(fresh) };
  const explanation = 'AWS manages this key.';
  return { step: { kind: 'skip', reason: 'unknown-manager', explanation, drift: [] } };
}

function foundIn({ KeyState, rotation, RotationPeriodInDays, NextRotationDate }: Finding): Found {
  return { KeyState, rotation, RotationPeriodInDays, NextRotationDate };
}
