import type { Context, MiddlewareHandler } from 'hono';
import { WebError } from './error.ts';

/**
 * Only requests to this very address are answered. A name that an attacker lets point to 127.0.0.1 (DNS rebinding)
 * stands in Host, a page of another origin in Origin or Sec-Fetch-Site; other ports of 127.0.0.1 are other origins.
 */
export function guardOrigin(port: number): MiddlewareHandler {
  const host = `127.0.0.1:${port}`;
  return async (context, next) => {
    if (context.req.header('host') !== host) throw foreignHost(host);
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${host}`) throw foreignOrigin();
    await next();
  };
}

/** The data is for this page and for an address that was typed, whatever a browser attaches by itself. */
export const guardFetchSite: MiddlewareHandler = async ({ req }, next) => {
  const site = req.header('sec-fetch-site') ?? 'none';
  if (site !== 'same-origin' && site !== 'none') throw foreignOrigin();
  await next();
};

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
export const isWrite = ({ req }: Context): boolean => WRITES.has(req.method);

/** A form of another page cannot send JSON without asking first, and it is not allowed to ask. */
export const guardContentType: MiddlewareHandler = async (context, next) => {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new WebError('wrong-type', 'Only application/json is taken.', 'Send JSON.');
  }
  await next();
};

const foreignHost = (host: string): WebError =>
  new WebError(
    'foreign-host',
    `Keyturn answers only at http://${host}/.`,
    `Use that address. If you forward a port with SSH, use the same port number on both sides: ssh -L ${host.split(':')[1]}:${host} HOST`,
  );

const foreignOrigin = (): WebError =>
  new WebError(
    'foreign-origin',
    'Another page asked for this.',
    'Use the page that keyturn review opened; nothing was done.',
  );
