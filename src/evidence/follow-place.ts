import type { EntryBody } from '../model/journal.ts';
import { nameOfPlace, type Place } from '../model/place.ts';
import { EVERY_REGION } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Population } from './population.ts';
import type { EntryOf, Refuse, Story } from './story.ts';

/** A place is one of the scope. Region `*` stands for an account that was not reached. */
export function followPlace(
  { rollout, places, reached }: Story,
  { kind, body }: EntryOf<'place-assessed'> | EntryOf<'place-unreachable'>,
  refuse: Refuse,
): void {
  const isLeftOut = body.region !== EVERY_REGION && reached.get(body.account)?.has(body.region) === false;
  if (isLeftOut || !isInScope(body, rollout) || (kind === 'place-assessed' && body.region === EVERY_REGION)) {
    refuse('evidence-entry', `${nameOfPlace(body)} is not in scope.`);
  }
  places.set(nameOfPlace(body), body);
}

/** Accounts that could be reached later have no entry for all their Regions any more. */
export function followReachedPlaces(
  { rollout, places, reached }: Story,
  { accounts, places: added }: EntryBody<'accounts-reached'>,
  refuse: Refuse,
): void {
  for (const account of accounts) {
    if (reached.has(account) || !rollout.scope.accounts.includes(account))
      refuse('evidence-entry', `${account} is not an account that was still to be reached.`);
    places.delete(nameOfPlace({ account, region: EVERY_REGION }));
    const regions = added.filter((place) => place.account === account).map(({ region }) => region);
    reached.set(account, new Set(regions));
  }
  const known = [...places.values()].find(({ account }) => accounts.includes(account));
  if (known || accounts.length === 0) refuse('evidence-entry', 'No account was still to be reached.');
  if (new Set(added.map(nameOfPlace)).size < added.length)
    refuse('evidence-entry', 'A place is added twice.');
  const outside = added.find(
    (place) =>
      !accounts.includes(place.account) || !isInScope(place, rollout) || place.region === EVERY_REGION,
  );
  if (outside) refuse('evidence-entry', `${nameOfPlace(outside)} is not in scope.`);
}

/** Once an assessment is complete, each account and Region of the scope has an entry, and each finding one for its place. */
export function requireAllPlaces(
  { rollout, places, reached }: Story,
  population: Population,
  refuse: Refuse,
): void {
  const added = [...reached].flatMap(([account, regions]) =>
    [...regions].map((region) => ({ account, region })),
  );
  const missing =
    missingPlace(rollout, [...places.values()]) ?? added.find((place) => !places.has(nameOfPlace(place)));
  if (missing) refuse('evidence-entry', `${nameOfPlace(missing)} is in scope and has no entry.`);
  const silent = population.places.find((place) => !places.has(nameOfPlace(place)));
  if (silent) refuse('evidence-findings', `${nameOfPlace(silent)} has findings and no entry.`);
}

function missingPlace({ scope, regionsAsked }: Rollout, places: readonly Place[]): Place | undefined {
  const accounts = new Set(places.map(({ account }) => account));
  const account = scope.accounts.find((each) => !accounts.has(each));
  if (account !== undefined) return { account, region: EVERY_REGION };
  const names = new Set(places.map(nameOfPlace));
  const unreached = new Set(
    places.filter(({ region }) => region === EVERY_REGION).map((place) => place.account),
  );
  const reached = scope.accounts.filter((each) => !unreached.has(each));
  const named = (regionsAsked?.named ?? []).filter((region) => !regionsAsked?.excluded.includes(region));
  const asked = named.flatMap((region) => reached.map((each) => ({ account: each, region })));
  const regions = new Set(places.map(({ region }) => region));
  const region = unreached.size > 0 ? undefined : scope.regions.find((each) => !regions.has(each));
  return (
    asked.find((place) => !names.has(nameOfPlace(place))) ??
    (region === undefined ? undefined : { account: '*', region })
  );
}

const isInScope = ({ account, region }: Place, { scope }: Rollout): boolean =>
  scope.accounts.includes(account) && (region === EVERY_REGION || scope.regions.includes(region));
