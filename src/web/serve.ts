import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { KeyturnError } from '../messages/error.ts';
import { buildApp } from './app.ts';
import type { EndReason, ReviewHost } from './host.ts';

const MOST_CONNECTIONS = 64;
/** How long what is under way gets to end. */
const GRACE_MS = 1000;

export interface Serving {
  /** With the token that lets one browser in. */
  readonly url: string;
  readonly port: number;
  /** Why it ended. */
  readonly ended: Promise<EndReason>;
  end(reason: EndReason): void;
}

export type ServedHost = Omit<ReviewHost, 'port' | 'end' | 'signal'>;

/**
 * Serves on 127.0.0.1 alone until somebody is done, nobody is there any more, or it is interrupted.
 * @param port 0 takes a free one
 * @throws KeyturnError `input-argument` where the port cannot be had
 */
export async function serveReview(host: ServedHost, wanted: number, idleMs: number): Promise<Serving> {
  const ending = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<EndReason>();
  let listener: ReturnType<typeof getRequestListener> | undefined;
  const server = createServer((request, response) => void listener?.(request, response));
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const port = await listen(server, wanted);
  const end = (reason: EndReason) => {
    if (ending.signal.aborted) return;
    ending.abort(reason);
    server.close(() => resolve(reason));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  };
  const { app, entry } = buildApp({ ...host, port, end, signal: ending.signal }, idleMs);
  listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return { url: `http://127.0.0.1:${port}${entry}`, port, ended, end };
}

async function listen(server: ReturnType<typeof createServer>, wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(wanted, '127.0.0.1', resolve);
  try {
    await promise;
  } catch (cause) {
    throw new KeyturnError(
      'input-argument',
      `Port ${wanted} cannot be had: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Name another one with --port N, or 0 for a free one.',
      { cause },
    );
  }
  return (server.address() as AddressInfo).port;
}
