import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import { WebError } from './error.ts';

export const CSRF_HEADER = 'x-keyturn-csrf';
const COOKIE = 'keyturn';
/** 132 bits: with them the link fits into a line of 80. */
const TOKEN_CHARACTERS = 22;

/** What opens the page: a link that works once, then a cookie for reading, and beside it a secret for writing. */
export interface Door {
  /** The path that is printed, with the token. */
  readonly path: string;
  /** Takes the token, sets the cookie and answers the page with the secret. @throws WebError `used-token` */
  enter(context: Context): Response;
  /** Lets nobody through without the cookie. */
  readonly guard: MiddlewareHandler;
  /** Lets no write through without the secret. */
  readonly guardWrites: MiddlewareHandler;
  /** Whether a request comes with the cookie, or with the link that still works. */
  isKnown(request: Request): boolean;
}

export interface DoorSettings {
  /** A new secret of 256 bits, as text that fits into a URL. */
  readonly newSecret: () => string;
  /** The page, with a head for the secret. */
  readonly page: string;
}

/**
 * The cookie is not enough to write: cookies go to every port of a name, so another server of this machine could come
 * by it. The secret is in the page that the link answers and in no address, so no history keeps it.
 */
export function openDoor({ newSecret, page }: DoorSettings): Door {
  const token = newSecret().slice(0, TOKEN_CHARACTERS);
  const session = newSecret();
  const csrf = newSecret();
  let isUsed = false;
  const hasSession = ({ headers }: Request) => isSame(cookieOf(headers), session);
  const hasToken = ({ url }: Request) =>
    !isUsed && isSame(new URL(url).searchParams.get('token') ?? undefined, token);
  return {
    path: `/enter?token=${token}`,
    isKnown: (request) => hasSession(request) || hasToken(request),
    enter: (context) => {
      const { method, raw } = context.req;
      if (method !== 'GET' || looksAhead(context) || !hasToken(raw)) throw usedToken();
      isUsed = true;
      setCookie(context, COOKIE, session, { path: '/', httpOnly: true, sameSite: 'Strict' });
      context.header('clear-site-data', '"cache", "storage"');
      return context.html(page.replace('<head>', `<head><meta name="keyturn-csrf" content="${csrf}">`));
    },
    guard: async (context, next) => {
      if (!hasSession(context.req.raw)) throw noSession();
      await next();
    },
    guardWrites: async (context, next) => {
      if (!isSame(context.req.header(CSRF_HEADER), csrf)) throw noCsrf();
      await next();
    },
  };
}

const cookieOf = (headers: Headers): string | undefined => parse(headers.get('cookie') ?? '', COOKIE)[COOKIE];

/** A preview or a prefetch is not the person who was given the link; neither is a frame, an image or a script. */
function looksAhead({ req }: Context): boolean {
  const purpose = `${req.header('sec-purpose') ?? ''} ${req.header('purpose') ?? ''} ${req.header('x-moz') ?? ''}`;
  return /prefetch|preview/i.test(purpose) || (req.header('sec-fetch-dest') ?? 'document') !== 'document';
}

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
