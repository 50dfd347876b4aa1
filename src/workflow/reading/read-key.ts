import type { AssessmentContext } from '../../assess/assemble.ts';
import { configurePrincipals } from '../../assess/configure-principals.ts';
import { concludeFinding, rotationIsReadable, supportsRotation } from '../../assess/eligibility.ts';
import { summarizePolicy } from '../../assess/policy.ts';
import type { KeyFacts, KeyMetadata, PolicySummary, Reading, RotationStatus } from '../../model/key-facts.ts';
import type { Answer, KeyReference, KmsPlace } from '../ports.ts';

export type Aliases = Answer<ReadonlyMap<string, readonly string[]>>;

/** What decides about rotation, with as few calls as that takes: the status only where the type leaves it open. */
export async function readRotationFacts(
  kms: KmsPlace,
  keyArn: string,
): Promise<{ metadata: Reading<KeyMetadata>; rotation?: Reading<RotationStatus> }> {
  const metadata = toReading(await kms.describeKey(keyArn));
  if (metadata.kind === 'unreadable' || !rotationIsReadable(metadata.value)) return { metadata };
  return { metadata, rotation: toReading(await kms.getKeyRotationStatus(keyArn)) };
}

/**
 * The profile of one key, but for its aliases and last use; policy and tags only for a key whose type supports
 * rotation, past rotations only for a candidate: they tell what it costs to turn rotation on.
 */
export async function readKeyFacts(
  kms: KmsPlace,
  key: KeyReference,
  context: AssessmentContext,
): Promise<KeyFacts> {
  const { scope: depth } = context;
  const named = { ...key, ...kms.place };
  const metadata = toReading(await kms.describeKey(key.keyArn));
  if (metadata.kind === 'unreadable') return { ...named, metadata };
  const supported = supportsRotation(metadata.value);
  const [rotation, policy, tags] = await Promise.all([
    rotationIsReadable(metadata.value) ? kms.getKeyRotationStatus(key.keyArn).then(toReading) : undefined,
    supported && depth.policies ? readPolicy(kms, key.keyArn, metadata.value, context) : undefined,
    supported && depth.tags ? kms.listResourceTags(key.keyArn).then(toReading) : undefined,
  ]);
  const facts: KeyFacts = {
    ...named,
    metadata,
    ...(rotation && { rotation }),
    ...(policy && { policy }),
    ...(tags && { tags }),
  };
  if (!depth.rotations || concludeFinding(facts).kind !== 'candidate') return facts;
  const rotations = await kms.listKeyRotations(key.keyArn);
  const count = rotations.ok ? { ...rotations, value: rotations.value.length } : rotations;
  return { ...facts, pastRotations: toReading(count) };
}

export function withAliases(facts: KeyFacts, aliases: Aliases): KeyFacts {
  const own = aliases.ok ? { ...aliases, value: aliases.value.get(facts.keyId) ?? [] } : aliases;
  return { ...facts, aliases: toReading(own) };
}

async function readPolicy(
  kms: KmsPlace,
  keyArn: string,
  metadata: KeyMetadata,
  context: AssessmentContext,
): Promise<Reading<PolicySummary>> {
  const answer = await kms.getKeyPolicy(keyArn);
  if (!answer.ok) return toReading(answer);
  const { RotationPeriodInDays, scope } = context;
  const { account, region } = kms.place;
  const who = configurePrincipals(context, account, scope.partition);
  const call = { keyArn, account, region, RotationPeriodInDays, metadata, ...who };
  const value = summarizePolicy(answer.value, account, call);
  if (value) return { kind: 'read', value, at: answer.at };
  const message = 'the key policy is not a policy document';
  const failure = {
    operation: 'GetKeyPolicy',
    kind: 'malformed-answer',
    code: 'BadPolicy',
    message,
  } as const;
  return { kind: 'unreadable', failure, at: answer.at };
}

/** An answer without what only the call was interested in. */
export function toReading<T>(answer: Answer<T>): Reading<T> {
  return answer.ok
    ? { kind: 'read', value: answer.value, at: answer.at }
    : { kind: 'unreadable', failure: answer.failure, at: answer.at };
}
