import { type AssessmentContext, assembleFinding } from '../assess/assemble.ts';
import type { Notify } from '../messages/message.ts';
import { describeFailure, type Failure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import type { KeyFacts } from '../model/key-facts.ts';
import type { Place } from '../model/place.ts';
import { concurrently } from './concurrently.ts';
import type { Clock, KeyReference, KmsPlace, Mend, Store } from './ports.ts';
import { type Aliases, readKeyFacts } from './read-key.ts';

export interface PlaceAssessment {
  readonly kms: KmsPlace;
  readonly store: Store;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly rollout: string;
  readonly context: AssessmentContext;
  readonly signal?: AbortSignal;
  /** Called after each key. */
  readonly onKey: () => void;
}

const KEYS_AT_ONCE = 64;
const BATCH = 500;

/**
 * Assesses one place: lists its keys, reads each, lists again for what came or went meanwhile, and stores one finding
 * a key. A listing that fails is recorded as an unreachable place, never as an empty one (kms-facts §9).
 */
export async function assessPlace(work: PlaceAssessment): Promise<void> {
  const { kms, store, clock, notify, rollout } = work;
  const aliases = kms.listAliases();
  const listing = await kms.listKeys();
  if (!listing.ok) {
    const place = { ...kms.place, ...mendListing(listing.failure, kms.place) };
    notify({ code: 'place-unreachable', place });
    return store.recordPlace(rollout, { kind: 'unreachable', place, at: listing.at });
  }
  notify({ code: 'place-listed', place: kms.place, keys: listing.value.length });
  const awsManaged = await assessKeys(work, listing.value, aliases);
  const again = await kms.listKeys();
  const listed = again.ok
    ? await assessDifference(work, listing.value, again.value, awsManaged)
    : listing.value.length;
  const mend = again.ok ? undefined : mendSecondListing(again.failure);
  if (mend) notify({ code: 'place-unreachable', place: { ...kms.place, ...mend } });
  const place = { ...kms.place, ...mend };
  const counts = { listed, awsManaged: awsManaged.size };
  await store.recordPlace(rollout, { kind: 'assessed', place, ...counts, at: clock.now().toISOString() });
}

/**
 * Assesses the keys that came since the first listing and marks those that went: each key is counted once, so one that
 * was AWS managed and went is a finding now.
 * @returns how many ARNs were listed
 */
async function assessDifference(
  work: PlaceAssessment,
  first: readonly KeyReference[],
  second: readonly KeyReference[],
  awsManaged: Set<string>,
): Promise<number> {
  const before = new Set(first.map(({ keyArn }) => keyArn));
  const after = new Set(second.map(({ keyArn }) => keyArn));
  const came = second.filter(({ keyArn }) => !before.has(keyArn));
  const went = first.filter(({ keyArn }) => !after.has(keyArn));
  if (came.length > 0) {
    for (const keyArn of await assessKeys(work, came, work.kms.listAliases())) awsManaged.add(keyArn);
  }
  const gone = went.flatMap((key) => assembleFinding(disappeared(work, key), work.context) ?? []);
  for (const { keyArn } of gone) awsManaged.delete(keyArn);
  if (gone.length > 0) await work.store.recordFindings(work.rollout, gone);
  return before.size + came.length;
}

/** Stores a finding a key. @returns the ARNs of the keys that AWS manages */
async function assessKeys(
  { kms, store, rollout, context, onKey, signal }: PlaceAssessment,
  keys: readonly KeyReference[],
  aliases: Promise<Aliases>,
): Promise<Set<string>> {
  let findings: Finding[] = [];
  const awsManaged = new Set<string>();
  async function flush(): Promise<void> {
    const batch = findings;
    findings = [];
    await store.recordFindings(rollout, batch);
  }
  const assessKey = async (key: KeyReference) => {
    const facts = await readKeyFacts(kms, key, aliases, context.scope);
    const finding = assembleFinding(facts, context);
    if (finding) findings.push(finding);
    else awsManaged.add(key.keyArn);
    onKey();
    if (findings.length >= BATCH) await flush();
  };
  await concurrently(keys, KEYS_AT_ONCE, assessKey, signal);
  await flush();
  return awsManaged;
}

function disappeared({ kms, clock }: PlaceAssessment, key: KeyReference): KeyFacts {
  const message = 'listed at first, and not in the second listing';
  const failure: Failure = { operation: 'ListKeys', kind: 'not-found', code: 'NotListedAgain', message };
  const metadata = { kind: 'unreadable', failure, at: clock.now().toISOString() } as const;
  return { ...key, ...kms.place, metadata };
}

function mendListing(failure: Failure, { region }: Place): Mend {
  const said = describeFailure(failure);
  switch (failure.kind) {
    case 'access-denied':
      return {
        reason: `listing denied: ${said}`,
        fix: `Allow kms:${failure.operation} on * in an IAM policy of this principal (key policies have no say in it).`,
      };
    case 'credentials':
      return {
        reason: `credentials not accepted: ${said}`,
        fix: `Enable the Region ${region} for the account, or leave it out; renew the credentials if they expired.`,
      };
    case 'throttled':
      return { reason: `gave up after throttling: ${said}`, fix: 'Assess again at a quieter time.' };
    case 'network':
      return {
        reason: `no answer: ${said}`,
        fix: `Check the Region's name, the network, and a VPC endpoint for KMS in ${region}.`,
      };
    default:
      return { reason: `listing failed: ${said}`, fix: 'Assess again.' };
  }
}

function mendSecondListing(failure: Failure): Mend {
  const reason = `assessed, but the second listing failed (${failure.code}): keys made meanwhile may be missing`;
  return { reason, fix: 'Assess again.' };
}
