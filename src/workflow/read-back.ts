import type { KeyMetadata, Reading } from '../model/key-facts.ts';
import type { Outcome } from '../model/outcome.ts';
import { parseKeyArn } from '../model/place.ts';
import type { ReplicaVerdict, Verdict } from '../model/verdict.ts';
import { judgeChange, judgeReplica } from '../validate/verdict.ts';
import type { OpenPlaces } from './open-places.ts';
import { readRotationFacts, toReading } from './read-key.ts';

/** Reads a changed key and its replicas, and judges them. @param reads how many times it has been read with this one */
export async function readBack(places: OpenPlaces, outcome: Outcome, reads: number): Promise<Verdict> {
  const { keyArn, keyId, account, region } = outcome;
  const facts = await readRotationFacts(places.of({ account, region }), keyArn);
  const judgement = judgeChange(outcome, facts);
  const replicas = await readReplicas(places, outcome, facts.metadata);
  const readAt = facts.rotation?.at ?? facts.metadata.at;
  return { keyArn, keyId, account, region, ...judgement, replicas, readAt, reads };
}

async function readReplicas(
  places: OpenPlaces,
  outcome: Outcome,
  metadata: Reading<KeyMetadata>,
): Promise<ReplicaVerdict[]> {
  const family = metadata.kind === 'read' ? metadata.value.MultiRegionConfiguration : undefined;
  if (family?.MultiRegionKeyType !== 'PRIMARY') return [];
  const replicas = (family.ReplicaKeys ?? []).flatMap(({ Arn }) => {
    const parsed = parseKeyArn(Arn);
    return parsed ? [{ keyArn: Arn, ...parsed }] : [];
  });
  return Promise.all(
    replicas.map(async ({ keyArn, account, region }) => {
      const rotation = toReading(await places.of({ account, region }).getKeyRotationStatus(keyArn));
      return judgeReplica(outcome, { keyArn, region }, rotation);
    }),
  );
}
