import type { Answer } from '../workflow/ports.ts';

export interface Listing<P> {
  readonly operation: string;
  /** The most entries that such a listing can have, and those of a full page. */
  readonly most: number;
  readonly aPage: number;
  /** Gets one page, by the token that leads to it. */
  fetch(token: string | undefined): Promise<Answer<P>>;
  /** The token of the page after it; undefined after the last. */
  next(page: P): string | undefined;
  /** Takes a page. @returns how many entries it has */
  take(page: P): number;
}

/** An empty page may lead to itself for a while; a listing that goes round in circles is broken. */
const MOST_VISITS = 10;
/** In a row. AWS may give empty pages while more follow. */
const MAX_EMPTY_PAGES = 500;
/** Pages are seldom full. */
const PAGES_FOR_ONE = 3;
const LEAST_PAGES = 100;

/**
 * Takes every page of a listing, and no more than it can have. One page that cannot be had spoils the whole: half a
 * listing is no listing.
 */
export async function eachPage<P>({
  operation,
  most,
  aPage,
  fetch,
  next,
  take,
}: Listing<P>): Promise<Answer<void>> {
  const maxPages = Math.max(LEAST_PAGES, PAGES_FOR_ONE * Math.ceil(most / aPage));
  const visits = new Map<string, number>();
  let entries = 0;
  let empty = 0;
  let token: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const answer = await fetch(token);
    if (!answer.ok) return answer;
    const { at } = answer;
    const taken = take(answer.value);
    entries += taken;
    empty = taken === 0 ? empty + 1 : 0;
    if (entries > most) return brokenPages(operation, at, `it has more than ${most} entries`);
    const following = next(answer.value);
    if (following === undefined) return { ...answer, value: undefined };
    const visited = visits.get(following) ?? 0;
    if (visited >= MOST_VISITS) return brokenPages(operation, at, 'the pages lead round in a circle');
    if (empty >= MAX_EMPTY_PAGES) return brokenPages(operation, at, `${empty} empty pages follow each other`);
    if (pages >= maxPages) return brokenPages(operation, at, `it does not end after ${pages} pages`);
    visits.set(following, visited + 1);
    token = following;
  }
}

function brokenPages(operation: string, at: string, message: string): Answer<never> {
  const failure = { operation, kind: 'malformed-answer', code: 'BrokenPagination', message } as const;
  return { ok: false, failure, at, certain: true };
}
