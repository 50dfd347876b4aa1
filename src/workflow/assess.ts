import type { AssessmentContext } from '../assess/assemble.ts';
import { planDigest } from '../assess/plan.ts';
import { KeyturnError } from '../messages/error.ts';
import type { Notify } from '../messages/message.ts';
import type { PlaceCounts, PlanHeader, UnreachablePlace } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import { assessPlace } from './assess-place.ts';
import { concurrently } from './concurrently.ts';
import type { Aws, Clock, Store } from './ports.ts';

export interface AssessRequest {
  /** Regions by name, every enabled one, or the configured one where neither is given. */
  readonly regions: readonly string[];
  readonly allRegions: boolean;
  readonly policies: boolean;
  readonly tags: boolean;
  /** Days; proposed for each candidate. */
  readonly RotationPeriodInDays: number;
}

export interface AssessHost {
  readonly aws: Aws;
  readonly store: Store;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly newRolloutId: () => string;
  readonly version: string;
}

export interface Assessment {
  readonly rollout: Rollout;
  readonly planDigest: string;
  readonly places: readonly PlaceCounts[];
  readonly unreachable: readonly UnreachablePlace[];
}

const PLACES_AT_ONCE = 8;

/**
 * Begins a rollout and assesses its scope; reads only. Every key that was listed has one finding afterwards, or is
 * counted as AWS managed; a place that cannot be listed is reported and does not stop the others.
 * @throws KeyturnError where the caller or the Regions cannot be determined; nothing is stored then
 */
export async function assess(host: AssessHost, request: AssessRequest): Promise<Assessment> {
  const { aws, store, clock, notify } = host;
  const rollout = await beginRollout(host, request);
  await store.createRollout(rollout);
  const { scope, RotationPeriodInDays } = rollout;
  const context: AssessmentContext = { scope, RotationPeriodInDays };
  const progress = countKeys(notify);
  const places = scope.accounts.flatMap((account) => scope.regions.map((region) => ({ account, region })));
  await concurrently(places, PLACES_AT_ONCE, (place) =>
    assessPlace({
      kms: aws.place(place),
      store,
      clock,
      notify: progress.listen,
      rollout: rollout.id,
      context,
      onKey: progress.onKey,
    }),
  );
  const digest = await planDigest(planHeaderOf(rollout), store.findings(rollout.id));
  await store.completeAssessment(rollout.id, clock.now().toISOString(), digest);
  return {
    rollout,
    planDigest: digest,
    places: await store.placeCounts(rollout.id),
    unreachable: await store.unreachablePlaces(rollout.id),
  };
}

/** The first line of a rollout's plan. */
export function planHeaderOf({ scope, RotationPeriodInDays }: Rollout): PlanHeader {
  return { schema: 'keyturn/plan/v1', scope, RotationPeriodInDays };
}

async function beginRollout(host: AssessHost, request: AssessRequest): Promise<Rollout> {
  const { aws, clock, notify, newRolloutId, version } = host;
  // Before the first call: a missing Region is the caller's to mend, and AWS cannot be asked without one.
  if (request.regions.length === 0) await aws.configuredRegion();
  const caller = await aws.identify();
  const enabled = await aws.listEnabledRegions();
  const regions = await chooseRegions(aws, request, enabled);
  const leftOut = enabled.ok ? enabled.value.filter((region) => !regions.includes(region)) : undefined;
  const id = newRolloutId();
  notify({
    code: 'assess-begins',
    rollout: id,
    account: caller.account,
    callerArn: caller.callerArn,
    regions,
    ...(enabled.ok ? { regionsLeftOut: leftOut ?? [] } : { regionsUnknownBecause: enabled.failure.code }),
  });
  const { partition, account } = caller;
  return {
    id,
    createdAt: clock.now().toISOString(),
    callerArn: caller.callerArn,
    scope: { partition, accounts: [account], regions, policies: request.policies, tags: request.tags },
    ...(leftOut && { regionsLeftOut: leftOut }),
    RotationPeriodInDays: request.RotationPeriodInDays,
    keyturnVersion: version,
  };
}

async function chooseRegions(
  aws: Aws,
  request: AssessRequest,
  enabled: Awaited<ReturnType<Aws['listEnabledRegions']>>,
): Promise<string[]> {
  if (request.regions.length > 0) return [...new Set(request.regions)].sort();
  if (!request.allRegions) return [await aws.configuredRegion()];
  if (enabled.ok) return [...enabled.value];
  throw new KeyturnError(
    enabled.failure.kind === 'access-denied' ? 'aws-denied' : 'aws-failed',
    `The enabled Regions cannot be listed: ${enabled.failure.code} ${enabled.failure.message}`.trimEnd(),
    'Allow account:ListRegions for this principal, or name the Regions with --region.',
  );
}

function countKeys(notify: Notify): { listen: Notify; onKey: () => void } {
  let done = 0;
  let of = 0;
  return {
    listen: (message) => {
      if (message.code === 'place-listed') of += message.keys;
      notify(message);
    },
    onKey: () => {
      done += 1;
      notify({ code: 'progress', phase: 'assess', done, of: Math.max(of, done) });
    },
  };
}
