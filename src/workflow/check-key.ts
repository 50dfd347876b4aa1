import { assembleFinding } from '../assess/assemble.ts';
import { decideStep, type Step } from '../configure/step.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { KeyReference, KmsPlace, Store } from './ports.ts';
import { readRotationFacts } from './read-key.ts';

/** The fresh check: how the key is now against how it was approved. */
export async function checkKey(
  store: Store,
  kms: KmsPlace,
  rollout: AssessedRollout,
  { keyArn, keyId }: KeyReference,
): Promise<Step> {
  const approved = await store.finding(rollout.id, keyArn);
  const facts = { keyArn, keyId, ...kms.place, ...(await readRotationFacts(kms, keyArn)) };
  const fresh = assembleFinding(facts, rollout);
  if (approved && fresh) return decideStep(approved, fresh);
  return { kind: 'skip', reason: 'unknown-manager', explanation: 'AWS manages this key.', drift: [] };
}
