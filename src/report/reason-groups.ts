import { EVERY_REGION, type UnreachablePlace } from '../model/plan.ts';

/** Places that could not be listed for the same reason. */
export interface ReasonGroup {
  /** In the words of AWS; the account and the Region of each place are written ACCOUNT and REGION if they differ. */
  readonly reason: string;
  readonly fix: string;
  readonly accounts: readonly string[];
  /** Without `*`. */
  readonly regions: readonly string[];
  readonly places: readonly UnreachablePlace[];
}

/**
 * Groups places by why they could not be listed: what failed, with which code and message. Only what differs from one
 * call to the next is put aside: the place's own account and Region, ids of requests, addresses.
 */
export function groupByReason(places: readonly UnreachablePlace[]): ReasonGroup[] {
  const groups = Map.groupBy(places, (place) => {
    const whole = place.region === EVERY_REGION;
    return `${whole} ${withoutIds(general(place.reason, place))} ${general(place.fix, place)}`;
  });
  return [...groups.values()].map(toGroup).sort((a, b) => b.places.length - a.places.length);
}

function toGroup(places: readonly UnreachablePlace[]): ReasonGroup {
  const [first] = places;
  if (!first) throw new RangeError('an empty group');
  const say = (text: string) => (places.length === 1 ? text : general(text, first));
  return {
    reason: say(first.reason),
    fix: say(first.fix),
    accounts: distinct(places.map(({ account }) => account)),
    regions: distinct(places.map(({ region }) => region)).filter((region) => region !== EVERY_REGION),
    places,
  };
}

const distinct = (words: readonly string[]): string[] => [...new Set(words)].sort();

function general(text: string, { account, region }: UnreachablePlace): string {
  const said = text.replaceAll(account, 'ACCOUNT');
  return region === EVERY_REGION ? said : said.replaceAll(wholeWord(region), 'REGION');
}

/** `us-east-1`, and not the beginning of another name. */
const wholeWord = (region: string): RegExp =>
  new RegExp(`(?<![\\w-])${region.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`, 'g');

const IDS = [
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
  /(?<=(?:request|authorization) ?id:? )\S+/gi,
  /(?<=authorization failure message: )\S+/gi,
];

const withoutIds = (text: string): string => IDS.reduce((said, id) => said.replaceAll(id, 'ID'), text);
