import type { UnreachablePlace } from '../../model/plan.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Host } from '../host.ts';
import type { Store } from '../ports.ts';
import { resolvePlaces } from './scope.ts';

type Recording = Pick<Host, 'store' | 'clock' | 'notify'>;

/** Records the accounts whose places are not known. */
export async function recordUnreached(
  { store, clock, notify }: Recording,
  { id }: Pick<Rollout, 'id'>,
  unreachable: readonly UnreachablePlace[],
): Promise<void> {
  for (const place of unreachable) {
    notify({ code: 'place-unreachable', place });
    await store.recordPlace(id, { kind: 'unreachable', place, at: clock.now().toISOString() });
  }
}

/**
 * Tries the accounts again that could not be reached when the rollout began. The places of those that can be reached
 * by now are added, and their Regions to the scope; the others stay, with the reason of today.
 * @returns the rollout with what was added
 */
export async function reachAgain(host: Recording & Pick<Host, 'aws'>, rollout: Rollout): Promise<Rollout> {
  const { aws, store, clock } = host;
  const { regionsAsked } = rollout;
  const accounts = await unreachedAccounts(store, rollout);
  // A rollout that an earlier Keyturn began does not say what was asked for.
  if (accounts.length === 0 || !regionsAsked) return rollout;
  const { places, unreachable } = await resolvePlaces(aws, accounts, regionsAsked);
  await recordUnreached(host, rollout, unreachable);
  const reached = accounts.filter((account) => !unreachable.some((place) => place.account === account));
  if (reached.length === 0) return rollout;
  const added = withRegions(
    rollout,
    places.map(({ region }) => region),
  );
  await store.recordReached(added, reached, places, clock.now().toISOString());
  return added;
}

/** Those without a place: so also one that was not recorded before the process ended. */
async function unreachedAccounts(store: Store, { id, scope }: Rollout): Promise<string[]> {
  const places = [...(await store.placesToAssess(id)), ...(await store.placeCounts(id))];
  const known = new Set(places.map(({ account }) => account));
  return scope.accounts.filter((account) => !known.has(account));
}

function withRegions(rollout: Rollout, more: readonly string[]): Rollout {
  const { scope, regionsLeftOut } = rollout;
  const regions = [...new Set([...scope.regions, ...more])].sort();
  return {
    ...rollout,
    scope: { ...scope, regions },
    ...(regionsLeftOut && { regionsLeftOut: regionsLeftOut.filter((region) => !regions.includes(region)) }),
  };
}
