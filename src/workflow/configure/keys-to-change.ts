import type { TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import { NOT_ON } from '../../model/outcome.ts';
import { nameOfPlace, type Place } from '../../model/place.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { counted } from '../../report/document/phrases.ts';
import type { ApprovedKey, ApprovedPlace, Store } from '../ports.ts';
import { checkRecord } from '../rollout/check-record.ts';
import { type Covers, requireCovers } from '../rollout/signed-approvals.ts';

const NOT_ANNOUNCED = NOT_ON.filter((outcome) => outcome !== 'unsettled');

/** Approved keys whose change has not been made, by place. */
export interface KeysToChange {
  readonly places: readonly ApprovedPlace[];
  readonly keys: number;
  /** What covers them, if a trusted approver's signature has to. */
  readonly covers?: Covers;
  /** Further keys: approved, and covered by no such signature. */
  readonly unsigned: number;
}

/**
 * @param approvers whose signatures are required; undefined if none is
 * @throws KeyturnError `refused-*` if the store is not what its journal says, nothing is approved, or not with a signature
 *   that is required, or the plan is not the approved one
 */
export async function placesToChange(
  store: Store,
  rollout: AssessedRollout,
  approvers?: readonly TrustedKey[],
): Promise<KeysToChange> {
  await checkRecord(store, rollout);
  const covers = approvers && (await requireCovers(store, rollout, approvers));
  const approved = await store.approvedCounts(rollout.id);
  if (sumKeys(approved) === 0) throw noApprovedKey();
  const foreign = sumKeys(approved.filter(({ planDigest }) => planDigest !== rollout.planDigest));
  if (foreign > 0) throw foreignPlan(foreign);
  const places = await store.approvedPlaces(rollout.id, { outcomes: NOT_ON });
  if (covers) return coveredPlaces(store, rollout, places, covers);
  return { places, keys: sumKeys(places), unsigned: 0 };
}

/** What is announced is settled in any case: that reads only. */
async function coveredPlaces(
  store: Store,
  { id }: AssessedRollout,
  all: readonly ApprovedPlace[],
  covers: Covers,
): Promise<KeysToChange> {
  const due = new Map<string, number>();
  let unsigned = 0;
  for await (const { decision, change } of store.approvedKeys(id, { outcomes: NOT_ON })) {
    const name = nameOfPlace(decision);
    if (covers.has(decision.keyArn) || change?.status === 'unsettled')
      due.set(name, (due.get(name) ?? 0) + 1);
    else unsigned += 1;
  }
  const places = all
    .map(({ place }) => ({ place, keys: due.get(nameOfPlace(place)) ?? 0 }))
    .filter(({ keys }) => keys > 0);
  if (places.length === 0 && unsigned > 0) throw unsignedOnly(unsigned);
  return { places, keys: sumKeys(places), covers, unsigned };
}

/**
 * The keys of a place that are left, those announced and not settled first. They are read while the work on them goes
 * on: a key that was announced at first and is not any more has been worked on already.
 */
export async function* keysToChange(
  store: Store,
  { id }: AssessedRollout,
  place: Place,
  covers?: Covers,
): AsyncGenerator<ApprovedKey> {
  // Few: what a process left that was killed, and what could not be read back.
  const announced = new Set<string>();
  for await (const key of store.approvedKeys(id, { place, outcomes: ['unsettled'] })) {
    announced.add(key.decision.keyArn);
    yield key;
  }
  for await (const key of store.approvedKeys(id, { place, outcomes: NOT_ANNOUNCED })) {
    if (announced.has(key.decision.keyArn)) continue;
    const cover = covers?.get(key.decision.keyArn);
    if (!covers) yield key;
    else if (cover) yield { ...key, expiresAt: cover.expiresAt };
  }
}

/** The keys that are left alone, since what is approved about them is not signed as required. */
export async function* unsignedKeys(
  store: Store,
  { id }: AssessedRollout,
  covers: Covers,
): AsyncGenerator<ApprovedKey> {
  for await (const key of store.approvedKeys(id, { outcomes: NOT_ON })) {
    const isAnnounced = key.change?.status === 'unsettled';
    if (!isAnnounced && !covers.has(key.decision.keyArn)) yield key;
  }
}

/** Approvals that no trusted approver signed, where a signature is required. */
export function unsignedOnly(keys: number): KeyturnError {
  return new KeyturnError(
    'refused-unsigned',
    `${counted(keys, 'key')} ${keys === 1 ? 'is' : 'are'} approved only by approvals that no trusted approver signed. Nothing was changed.`,
    'Have a trusted approver approve them with: keyturn approve --sign-with FILE',
  );
}

function noApprovedKey(): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    'No key of this rollout is approved. Nothing was changed.',
    'Approve keys with: keyturn approve',
  );
}

function foreignPlan(keys: number): KeyturnError {
  return new KeyturnError(
    'refused-foreign-plan',
    `${keys} approved keys were approved under another plan than this rollout's.`,
    'Approve them again with: keyturn approve',
  );
}

const sumKeys = (parts: readonly { readonly keys: number }[]): number =>
  parts.reduce((sum, { keys }) => sum + keys, 0);
