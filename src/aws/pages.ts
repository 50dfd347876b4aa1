import type { Answer } from '../workflow/ports.ts';

export interface Listing<P> {
  /** Gets one page, by the token that leads to it. */
  fetch(token: string | undefined): Promise<Answer<P>>;
  /** The token of the page after it; undefined after the last. */
  next(page: P): string | undefined;
  take(page: P): void;
}

/** An empty page may lead to itself for a while; a listing that goes round in circles is broken. */
const MOST_VISITS = 10;

/** Takes every page of a listing. One page that cannot be had spoils the whole: half a listing is no listing. */
export async function eachPage<P>({ fetch, next, take }: Listing<P>): Promise<Answer<void>> {
  const visits = new Map<string, number>();
  for (let token: string | undefined; ; ) {
    const answer = await fetch(token);
    if (!answer.ok) return answer;
    take(answer.value);
    const following = next(answer.value);
    if (following === undefined) return { ...answer, value: undefined };
    const visited = visits.get(following) ?? 0;
    if (visited >= MOST_VISITS) return brokenPages(answer.at);
    visits.set(following, visited + 1);
    token = following;
  }
}

function brokenPages(at: string): Answer<never> {
  const message = 'the pages lead round in a circle';
  const failure = { operation: 'List', kind: 'malformed-answer', code: 'BrokenPagination', message } as const;
  return { ok: false, failure, at, certain: true };
}
