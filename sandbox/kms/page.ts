import { AwsError } from '../error.ts';
import type { KmsCall } from './call.ts';
import { integer, optionalText } from './input.ts';

interface PageRules {
  readonly usual: number;
  readonly max: number;
}

/** Default and largest page of each listing (kms-facts §2). */
const RULES: Readonly<Record<string, PageRules>> = {
  ListKeys: { usual: 100, max: 1000 },
  ListAliases: { usual: 50, max: 100 },
  ListResourceTags: { usual: 50, max: 50 },
  ListKeyRotations: { usual: 100, max: 1000 },
};

interface Page<T> {
  readonly items: readonly T[];
  readonly rest: { Truncated: boolean; NextMarker?: string };
}

/**
 * One page of a listing. `scope` is what was listed: a marker of another listing is invalid.
 * Items that `hidden` holds back keep their position, so a marker stays good when they appear.
 */
export function page<T>(
  call: KmsCall,
  scope: string,
  all: readonly T[],
  hidden: (item: T) => boolean = () => false,
): Page<T> {
  const start = positionOf(call, scope, all.length);
  const size = pageSize(call);
  const items: T[] = [];
  let next = start;
  for (; next < all.length && items.length < size; next++) {
    const item = all[next];
    if (item !== undefined && !hidden(item)) items.push(item);
  }
  const rest =
    next < all.length ? { NextMarker: markerOf(call, scope, next), Truncated: true } : { Truncated: false };
  return { items, rest };
}

/** A page may be shorter than asked for, even empty, while more follow (kms-facts §2). */
function pageSize(call: KmsCall): number {
  const { usual, max } = RULES[call.operation] ?? { usual: 100, max: 1000 };
  const asked = integer(call.input, 'Limit', 1, max) ?? usual;
  const { short = false } = call.settings.pages ?? {};
  const caps: Readonly<Record<string, number | undefined>> = call.settings.pages?.caps ?? {};
  const size = Math.min(asked, caps[call.operation] ?? asked);
  return short ? Math.floor(call.random() * (size + 1)) : size;
}

const markerOf = (call: KmsCall, scope: string, position: number) =>
  Buffer.from(`${call.operation}|${call.place.region}|${scope}|${position}`).toString('base64');

function positionOf(call: KmsCall, scope: string, length: number): number {
  const marker = optionalText(call.input, 'Marker');
  if (marker === undefined) return 0;
  const position = Number(Buffer.from(marker, 'base64').toString().split('|').at(-1) || Number.NaN);
  if (position >= 0 && position <= length && markerOf(call, scope, position) === marker) return position;
  throw new AwsError('InvalidMarkerException', 'The marker is not valid.');
}
