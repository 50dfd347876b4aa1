import { createHash } from 'node:crypto';
import type { AssessmentContext } from '../../assess/assemble.ts';
import { planDigest } from '../../assess/plan.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Notify } from '../../messages/message.ts';
import type { Finding } from '../../model/finding.ts';
import type { Place } from '../../model/place.ts';
import type { PlaceCounts, UnreachablePlace } from '../../model/plan.ts';
import { type GivenPrice, priceOf } from '../../model/prices.ts';
import type { Rollout } from '../../model/rollout.ts';
import { recordLine } from '../../report/lines.ts';
import { concurrently } from '../concurrently.ts';
import type { Host } from '../host.ts';
import type { Store } from '../ports.ts';
import { callersOf } from '../reading/profiles.ts';
import { checkRecord } from '../rollout/check-record.ts';
import { planHeaderOf } from '../rollout/plan-header.ts';
import { filterOf } from '../rollout/visible-findings.ts';
import { assessPlace } from './assess-place.ts';
import { askLastUses } from './last-use.ts';
import { resolveScope, type ScopeRequest } from './scope.ts';
import { reachAgain, recordUnreached } from './unreachable-accounts.ts';

export interface AssessRequest extends ScopeRequest {
  readonly policies: boolean;
  readonly tags: boolean;
  /** Whether the past rotations of candidates are read: a tenth of the speed of the other reads (kms-facts §2). */
  readonly rotations: boolean;
  /** Whether it is asked when candidates were last used: 5 a second in a place. */
  readonly lastUsage: boolean;
  /** JMESPath; narrows what is shown and can be decided on. */
  readonly filter?: string;
  /** Days; proposed for each candidate. */
  readonly RotationPeriodInDays: number;
  /** What a rotation costs, where it is not what AWS publishes. */
  readonly price?: GivenPrice;
  /** Days; keys that are on with a longer period are pointed out. */
  readonly maxPeriodInDays?: number;
  /** The roles that the AWS connection assumes, for the record. */
  readonly roles?: Rollout['roles'];
}

export interface AssessHost extends Host {
  readonly newRolloutId: () => string;
  readonly version: string;
}

export interface Assessment {
  readonly rollout: Rollout;
  readonly planDigest: string;
  readonly places: readonly PlaceCounts[];
  readonly unreachable: readonly UnreachablePlace[];
}

const PLACES_AT_ONCE = 16;

/**
 * Begins a rollout and assesses its scope; reads only. Every key that was listed has one finding afterwards, or is
 * counted as AWS managed; a place or an account that cannot be reached is reported and does not stop the others.
 * @throws KeyturnError where the caller, the accounts or the Regions cannot be determined; nothing is stored then
 */
export async function assess(host: AssessHost, request: AssessRequest): Promise<Assessment> {
  const { store } = host;
  const { rollout, places, unreachable } = await beginRollout(host, request);
  // Taken before anybody can see the rollout and resume it.
  const lock = await store.lockRollout(rollout.id, host.holder);
  try {
    await store.createRollout(rollout, places);
    await recordUnreached(host, rollout, unreachable);
    return await assessPlaces(host, rollout);
  } finally {
    await lock.release();
  }
}

/**
 * Goes on with an assessment that was interrupted: places that were assessed are kept, with their times; the others,
 * and the accounts and places that could not be reached, are done now.
 * @throws KeyturnError `refused-busy` while another process is at it, `input-rollout` where one has just completed it
 */
export async function resumeAssessment(host: AssessHost, { id }: Rollout): Promise<Assessment> {
  const { store, notify } = host;
  const lock = await store.lockRollout(id, host.holder);
  try {
    if (lock.takenOverFrom) notify({ code: 'lock-taken-over', from: lock.takenOverFrom });
    const interrupted = await readInterrupted(store, id);
    await checkRecord(store, interrupted);
    return await goOnAssessing(host, interrupted);
  } finally {
    await lock.release();
  }
}

/** The rollout as it stands now that nobody else can complete it any more. */
async function readInterrupted(store: Store, id: string): Promise<Rollout> {
  const rollout = await store.findRollout(id);
  if (rollout && rollout.assessedAt === undefined) return rollout;
  throw new KeyturnError(
    'input-rollout',
    `The assessment of rollout ${id} has been completed meanwhile.`,
    'See where it stands with: keyturn status',
  );
}

async function goOnAssessing(host: AssessHost, interrupted: Rollout): Promise<Assessment> {
  const { aws, notify } = host;
  callersOf(await aws.askProfiles());
  const { callerArn } = await aws.identify();
  const rollout = await reachAgain(host, interrupted);
  const { scope, regionsLeftOut, profiles } = rollout;
  notify({
    code: 'assess-begins',
    rollout: rollout.id,
    accounts: scope.accounts,
    callerArn,
    ...(profiles && { profiles: profiles.map(({ name }) => name) }),
    regions: scope.regions,
    ...(regionsLeftOut ? { regionsLeftOut } : { regionsUnknownBecause: 'not known when it began' }),
  });
  return assessPlaces(host, rollout);
}

async function assessPlaces(host: AssessHost, rollout: Rollout): Promise<Assessment> {
  const { aws, store, clock, notify, signal } = host;
  const { scope } = rollout;
  const context: AssessmentContext = rollout;
  const places = await store.placesToAssess(rollout.id);
  const progress = countKeys(notify, places.length);
  const work = { store, clock, notify: progress.listen, rollout: rollout.id, context, onKey: progress.onKey };
  const lastUses = scope.lastUsage ? askLastUses(host, rollout.id) : undefined;
  const assessOne = async (place: Place) => {
    await assessPlace({ ...work, kms: aws.place(place), ...(signal && { signal }) });
    progress.onPlace();
    lastUses?.add(place);
  };
  const assessAll = () => concurrently(places, PLACES_AT_ONCE, assessOne, signal);
  // Places that an interrupted process read may still have been waiting for theirs.
  if (lastUses)
    for (const { account, region } of await store.placeCounts(rollout.id)) lastUses.add({ account, region });
  await (lastUses ? lastUses.during(assessAll) : assessAll());
  const digests = await digestFindings(rollout, store.findings(rollout.id));
  await store.completeAssessment(rollout.id, clock.now().toISOString(), digests);
  return {
    rollout,
    planDigest: digests.planDigest,
    places: await store.placeCounts(rollout.id),
    unreachable: await store.unreachablePlaces(rollout.id),
  };
}

/** The digests of the plan and of the findings as the report writes them, in one reading. */
async function digestFindings(rollout: Rollout, findings: AsyncIterable<Finding>) {
  const lines = createHash('sha256');
  async function* hashed() {
    for await (const finding of findings) {
      lines.update(recordLine(finding));
      yield finding;
    }
  }
  const digest = await planDigest(planHeaderOf(rollout), hashed());
  return { planDigest: digest, findingsDigest: lines.digest('hex') };
}

async function beginRollout(host: AssessHost, request: AssessRequest) {
  const { aws, clock, notify, newRolloutId, version } = host;
  // An expression that is none is refused before AWS is asked anything.
  await filterOf({ scope: { filter: request.filter } });
  const resolved = await resolveScope(aws, request);
  const { caller, accounts, regions, places, unreachable, notAssessed } = resolved;
  const { regionsLeftOut, regionsUnknownBecause, profiles } = resolved;
  const id = newRolloutId();
  const rollout: Rollout = {
    id,
    createdAt: clock.now().toISOString(),
    callerArn: caller.callerArn,
    scope: {
      partition: caller.partition,
      accounts: [...accounts],
      regions: [...regions],
      policies: request.policies,
      tags: request.tags,
      rotations: request.rotations,
      lastUsage: request.lastUsage,
      ...(request.filter !== undefined && { filter: request.filter }),
    },
    ...(resolved.accountsAsked && { accountsAsked: resolved.accountsAsked }),
    regionsAsked: resolved.regionsAsked,
    ...(regionsLeftOut && { regionsLeftOut: [...regionsLeftOut] }),
    ...(notAssessed.length > 0 && { notAssessed: [...notAssessed] }),
    ...(request.roles && { roles: request.roles }),
    ...(profiles && { profiles: [...profiles] }),
    RotationPeriodInDays: request.RotationPeriodInDays,
    price: priceOf(caller.partition, request.price),
    ...(request.maxPeriodInDays !== undefined && { maxPeriodInDays: request.maxPeriodInDays }),
    keyturnVersion: version,
  };
  notify({
    code: 'assess-begins',
    rollout: id,
    accounts,
    callerArn: caller.callerArn,
    ...(profiles && { profiles: profiles.map(({ name }) => name) }),
    regions,
    ...(regionsLeftOut && { regionsLeftOut }),
    ...(regionsUnknownBecause !== undefined && { regionsUnknownBecause }),
    ...(resolved.notExcluded.length > 0 && { notExcluded: resolved.notExcluded }),
  });
  return { rollout, places, unreachable };
}

function countKeys(notify: Notify, places: number) {
  let done = 0;
  let of = 0;
  let placesDone = 0;
  const say = () =>
    notify({ code: 'progress', phase: 'assess', done, of: Math.max(of, done), placesDone, places });
  const listen: Notify = (message) => {
    if (message.code === 'place-listed') of += message.keys;
    notify(message);
  };
  return {
    listen,
    onKey: () => {
      done += 1;
      say();
    },
    onPlace: () => {
      placesDone += 1;
      say();
    },
  };
}
