import type { KeyMetadata, KeyRotation, Reading, RotationStatus } from '../../model/key-facts.ts';
import type { Outcome } from '../../model/outcome.ts';
import { parseKeyArn } from '../../model/place.ts';
import type { ReplicaVerdict, Verdict } from '../../model/verdict.ts';
import { mayHaveRotated } from '../../validate/schedule.ts';
import { judgeChange, judgeReplica } from '../../validate/verdict.ts';
import type { KmsPlace } from '../ports.ts';
import type { OpenPlaces } from '../reading/open-places.ts';
import { readRotationFacts, toReading } from '../reading/read-key.ts';

/** Reads a changed key and its replicas, and judges them. @param reads how many times it has been read with this one */
export async function readBack(
  places: OpenPlaces,
  outcome: Outcome,
  reads: number,
): Promise<Omit<Verdict, 'check'>> {
  const { keyArn, keyId, account, region } = outcome;
  const kms = places.of({ account, region });
  const facts = await readRotationFacts(kms, keyArn);
  const judgement = judgeChange(outcome, {
    ...facts,
    ...(await readRotations(kms, outcome, facts.rotation)),
  });
  const replicas = await readReplicas(places, outcome, facts.metadata);
  const readAt = facts.rotation?.at ?? facts.metadata.at;
  return { keyArn, keyId, account, region, ...judgement, replicas, readAt, reads };
}

/** The rotations since, if one may have happened: they are asked for after the status, which they have to explain. */
async function readRotations(
  kms: KmsPlace,
  outcome: Outcome,
  rotation: Reading<RotationStatus> | undefined,
): Promise<{ readonly rotations?: Reading<readonly KeyRotation[]> }> {
  if (rotation?.kind !== 'read' || !rotation.value.KeyRotationEnabled) return {};
  if (!mayHaveRotated(outcome, rotation.at)) return {};
  return { rotations: toReading(await kms.listKeyRotations(outcome.keyArn)) };
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
