import { type AssessmentContext, assembleFinding } from '../../assess/assemble.ts';
import type { Notify } from '../../messages/message.ts';
import { adviseFailure } from '../../model/advice.ts';
import { adviseDenial } from '../../model/denial.ts';
import { describeFailure, type Failure } from '../../model/failure.ts';
import type { Finding } from '../../model/finding.ts';
import type { KeyFacts } from '../../model/key-facts.ts';
import type { Place } from '../../model/place.ts';
import { concurrently } from '../concurrently.ts';
import type { Clock, KeyReference, KmsPlace, Mend, Store } from '../ports.ts';
import { type Aliases, readKeyFacts, withAliases } from '../reading/read-key.ts';

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
  const listing = await kms.listKeys();
  if (!listing.ok) {
    const place = { ...kms.place, ...mendListing(listing.failure, kms.place) };
    notify({ code: 'place-unreachable', place });
    return store.recordPlace(rollout, { kind: 'unreachable', place, at: listing.at });
  }
  notify({ code: 'place-listed', place: kms.place, keys: listing.value.length });
  const findings = gatherFindings(work);
  // Not before: in a place that cannot be listed nothing else is asked.
  await assessKeys(work, listing.value, kms.listAliases(), findings);
  const again = await kms.listKeys();
  const listed = again.ok
    ? await reconcile(work, listing.value, again.value, findings)
    : listing.value.length;
  const mend = again.ok ? undefined : mendSecondListing(again.failure);
  if (mend) notify({ code: 'place-unreachable', place: { ...kms.place, ...mend } });
  const place = { ...kms.place, ...mend };
  const rest = await findings.conclude();
  const counts = { listed, awsManaged: findings.awsManaged.size };
  const record = { kind: 'assessed', place, ...counts, at: clock.now().toISOString() } as const;
  await store.recordPlace(rollout, record, rest);
}

/** What was read in a place and is not stored yet: the last word on each key. */
interface Findings {
  /** @param aliases of the place; absent for a key that is gone */
  add(facts: KeyFacts, aliases?: Promise<Aliases>): Promise<void>;
  conclude(): Promise<Finding[]>;
  /** ARNs of the keys that turned out to be AWS managed, and still are there. */
  readonly awsManaged: ReadonlySet<string>;
  /** ARNs of the keys that KMS did not find in one read or another. */
  readonly notFound: ReadonlySet<string>;
}

/**
 * Most places fit into one batch, which is stored when the place ends, in one transaction with it. Aliases come a
 * hundred a page, so they are waited for here, where no key's reading waits with them.
 */
function gatherFindings({ store, rollout, context }: PlaceAssessment): Findings {
  const gathered = new Map<string, { facts: KeyFacts; aliases: Promise<Aliases> | undefined }>();
  const awsManaged = new Set<string>();
  const notFound = new Set<string>();
  async function conclude(): Promise<Finding[]> {
    const read = [...gathered.values()];
    gathered.clear();
    const findings: Finding[] = [];
    for (const { facts, aliases } of read) {
      const finding = assembleFinding(aliases ? withAliases(facts, await aliases) : facts, context);
      // Each key is counted once: one that went after it was read as AWS managed is a finding now.
      if (finding) {
        findings.push(finding);
        awsManaged.delete(facts.keyArn);
      } else awsManaged.add(facts.keyArn);
    }
    return findings;
  }
  return {
    add: async (facts, aliases) => {
      if (isNotFound(facts)) notFound.add(facts.keyArn);
      gathered.set(facts.keyArn, { facts, aliases });
      if (gathered.size >= BATCH) await store.recordFindings(rollout, await conclude());
    },
    conclude,
    awsManaged,
    notFound,
  };
}

const isNotFound = ({ metadata, rotation, policy, tags, pastRotations }: KeyFacts): boolean =>
  [metadata, rotation, policy, tags, pastRotations].some(
    (reading) => reading?.kind === 'unreadable' && reading.failure.kind === 'not-found',
  );

/**
 * Holds what was read against the second listing: assesses the keys that came, marks those that went, and asks again
 * for those that KMS did not find and still lists. Returns how many ARNs were listed.
 */
async function reconcile(
  work: PlaceAssessment,
  first: readonly KeyReference[],
  second: readonly KeyReference[],
  findings: Findings,
): Promise<number> {
  const before = new Set(first.map(({ keyArn }) => keyArn));
  const after = new Set(second.map(({ keyArn }) => keyArn));
  const came = second.filter(({ keyArn }) => !before.has(keyArn));
  const went = first.filter(({ keyArn }) => !after.has(keyArn));
  const notFound = first.filter(({ keyArn }) => after.has(keyArn) && findings.notFound.has(keyArn));
  const unread = [...came, ...notFound];
  if (unread.length > 0) await assessKeys(work, unread, work.kms.listAliases(), findings);
  for (const key of went) await findings.add(disappeared(work, key));
  return before.size + came.length;
}

async function assessKeys(
  { kms, context, onKey, signal }: PlaceAssessment,
  keys: readonly KeyReference[],
  aliases: Promise<Aliases>,
  findings: Findings,
): Promise<void> {
  const assessKey = async (key: KeyReference) => {
    await findings.add(await readKeyFacts(kms, key, context), aliases);
    onKey();
  };
  await concurrently(keys, KEYS_AT_ONCE, assessKey, signal);
}

function disappeared({ kms, clock }: PlaceAssessment, key: KeyReference): KeyFacts {
  const message = 'listed at first, and not in the second listing';
  const failure: Failure = { operation: 'ListKeys', kind: 'not-found', code: 'NotListedAgain', message };
  const metadata = { kind: 'unreadable', failure, at: clock.now().toISOString() } as const;
  return { ...key, ...kms.place, metadata };
}

function mendListing(failure: Failure, place: Place): Mend {
  const { account, region } = place;
  const said = describeFailure(failure);
  switch (failure.kind) {
    case 'access-denied':
      return { reason: `listing denied: ${said}`, fix: adviseDenial(failure, place) };
    case 'credentials':
      return {
        reason: `credentials not accepted: ${said}`,
        fix: 'Renew the credentials, then assess again.',
      };
    case 'region-unavailable':
      return {
        reason: `the Region does not accept the credentials: ${said}`,
        fix: `Enable the Region ${region} for account ${account}, or leave it out with --exclude-region ${region}.`,
      };
    case 'throttled':
      return { reason: `gave up after throttling: ${said}`, fix: 'Assess again at a quieter time.' };
    case 'network':
      return {
        reason: `no answer: ${said}`,
        fix:
          adviseFailure(failure, place) ??
          `Check the Region's name, the network, and a VPC endpoint for KMS in ${region}.`,
      };
    default:
      return { reason: `listing failed: ${said}`, fix: 'Assess again.' };
  }
}

function mendSecondListing(failure: Failure): Mend {
  const reason = `assessed, but the second listing failed (${failure.code}): keys made meanwhile may be missing`;
  return { reason, fix: 'Assess again.' };
}
