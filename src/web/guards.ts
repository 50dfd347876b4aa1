import type { Context, MiddlewareHandler } from 'hono';
import { WebError } from './error.ts';

/**
 * Only requests to this very address are answered. A name that an attacker lets point to 127.0.0.1 (DNS rebinding)
 * stands in Host, a page of another origin in Origin or Sec-Fetch-Site; other ports of the name are other origins. The
 * answer does not tell the right name: 127.0.0.1 is an origin that another server may have had.
 *
 * @param address host and port, as they stand in Host
 */
export function guardOrigin(address: string): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.header('host') !== address) throw foreignHost(address);
    const origin = context.req.header('origin');
    if (origin !== undefined && origin !== `http://${address}`) throw foreignOrigin();
    await next();
  };
}

/** A service worker would outlive the review and answer in its place; the page has none. */
export const guardWorkers: MiddlewareHandler = async ({ req }, next) => {
  const isForWorker = (req.header('sec-fetch-dest') ?? '').endsWith('worker');
  if (req.header('service-worker') !== undefined || isForWorker) throw noWorkers();
  await next();
};

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

function foreignHost(address: string): WebError {
  const port = address.slice(address.lastIndexOf(':') + 1);
  return new WebError(
    'foreign-host',
    'Keyturn does not answer at this address.',
    `Open the link that keyturn review printed. If you forward a port with SSH, use the same port number on both sides: ssh -L ${port}:127.0.0.1:${port} HOST`,
  );
}

const foreignOrigin = (): WebError =>
  new WebError(
    'foreign-origin',
    'Another page asked for this.',
    'Use the page that keyturn review opened; nothing was done.',
  );

const noWorkers = (): WebError =>
  new WebError('no-workers', 'This page has no workers.', 'Use the page without one.');
