import type { MiddlewareHandler } from 'hono';
import { WebError } from './error.ts';

/** So many requests at once, and so many more each second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What a person with a page comes to is far below the first; who was not let in gets the second. */
export const KNOWN_RATE: Rate = { burst: 300, perSecond: 100 };
export const UNKNOWN_RATE: Rate = { burst: 60, perSecond: 5 };

/** The largest request names 1,000 keys. */
export const MAX_BODY_BYTES = 512 * 1024;

/** A bucket that fills with time; false once it is empty. */
export function openBucket({ burst, perSecond }: Rate, now: () => number): () => boolean {
  let left = burst;
  let filledAt = now();
  return () => {
    const at = now();
    left = Math.min(burst, left + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

/** Whoever was not let in cannot use up what the page needs. */
export function limitRate(
  isKnown: (context: Parameters<MiddlewareHandler>[0]) => boolean,
  now: () => number,
): MiddlewareHandler {
  const known = openBucket(KNOWN_RATE, now);
  const unknown = openBucket(UNKNOWN_RATE, now);
  return async (context, next) => {
    if (!(isKnown(context) ? known() : unknown())) {
      context.header('retry-after', '1');
      throw new WebError('too-many-requests', 'Too many requests.', 'Wait a second, then try again.');
    }
    await next();
  };
}
