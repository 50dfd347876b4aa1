import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { WebError } from './error.ts';

export const CSRF_HEADER = 'x-keyturn-csrf';

/** What opens the page: a link that works once, then a cookie for reading, and beside it a secret for writing. */
export interface Door {
  /** The path that is printed, with the token. */
  readonly path: string;
  /** Takes the token and sets the cookie. @throws WebError `used-token` */
  enter(context: Context): Response;
  /** Lets nobody through without the cookie. */
  readonly guard: MiddlewareHandler;
  /** Lets no write through without the secret. */
  readonly guardWrites: MiddlewareHandler;
  hasSession(context: Context): boolean;
}

export interface DoorSettings {
  readonly port: number;
  /** A new secret of 256 bits, as text that fits into a URL. */
  readonly newSecret: () => string;
}

/**
 * The cookie is not enough to write: cookies of 127.0.0.1 go to every port, so another server of this machine could
 * come by it. The secret goes to the page in the link's fragment, which no server sees, and the page keeps it where
 * only this port can read it.
 */
export function openDoor({ port, newSecret }: DoorSettings): Door {
  const name = `keyturn-${port}`;
  const token = newSecret();
  const session = newSecret();
  const csrf = newSecret();
  let isUsed = false;
  const hasSession = (context: Context) => isSame(getCookie(context, name), session);
  return {
    path: `/enter?token=${token}`,
    hasSession,
    enter: (context) => {
      // A preview or a prefetch is not the person who was given the link.
      const looksAhead = /prefetch|preview/i.test(purposeOf(context));
      if (
        context.req.method !== 'GET' ||
        looksAhead ||
        !isSame(context.req.query('token'), token) ||
        isUsed
      ) {
        throw usedToken();
      }
      isUsed = true;
      setCookie(context, name, session, { path: '/', httpOnly: true, sameSite: 'Strict' });
      return context.redirect(`/#csrf=${csrf}`, 303);
    },
    guard: async (context, next) => {
      if (!hasSession(context)) throw noSession();
      await next();
    },
    guardWrites: async (context, next) => {
      if (!isSame(context.req.header(CSRF_HEADER), csrf)) throw noCsrf();
      await next();
    },
  };
}

const purposeOf = ({ req }: Context): string =>
  `${req.header('sec-purpose') ?? ''} ${req.header('purpose') ?? ''} ${req.header('x-moz') ?? ''}`;

/** Compares digests, so that the time it takes says nothing about the secret. */
function isSame(given: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(secret));
}

const noSession = (): WebError =>
  new WebError(
    'no-session',
    'This browser has no access to the review.',
    'Open the link that keyturn review printed. It works once.',
  );

const usedToken = (): WebError =>
  new WebError(
    'used-token',
    'This link was already used, or it belongs to an earlier run of keyturn review.',
    'Go to the tab that it opened. To get a new link, stop keyturn review and start it again.',
  );

const noCsrf = (): WebError =>
  new WebError(
    'no-csrf',
    'This tab can only look.',
    'Decide in the tab that the printed link opened, or start keyturn review again.',
  );
