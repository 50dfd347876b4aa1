import { createServer, type IncomingMessage, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { buildApp } from './app.ts';
import { openConnections } from './connections.ts';
import type { EndReason, ReviewHost } from './host.ts';
import { listenOnLoopback } from './listen.ts';

/** How long what is under way gets to end. */
const GRACE_MS = 1000;
/** How long a request may take to arrive; how long it is worked on is not bounded. */
const TIMES_MS = { headersTimeout: 5000, requestTimeout: 15_000, connectionsCheckingInterval: 1000 };

export interface Serving {
  /** With the token that lets one browser in. */
  readonly url: string;
  readonly port: number;
  /** Why it ended. */
  readonly ended: Promise<EndReason>;
  end(reason: EndReason): void;
}

export interface ServedHost extends Omit<ReviewHost, 'address' | 'end' | 'signal'> {
  /** A name that no server can have had, to put before `.localhost`. */
  readonly newName: () => string;
}

/**
 * Serves on loopback alone until somebody is done, nobody is there any more, or it is interrupted. The name is new each
 * time: whatever a browser keeps of an earlier server of this port belongs to another origin.
 *
 * @param wanted the port; 0 takes a free one
 * @throws KeyturnError `input-argument` if the port is not available
 */
export async function serveReview(host: ServedHost, wanted: number, idleMs: number): Promise<Serving> {
  const ending = new AbortController();
  const connections = openConnections();
  let listener: ReturnType<typeof getRequestListener> | undefined;
  const { port, servers } = await listenOnLoopback(wanted, () => {
    const server = createServer(TIMES_MS, (request, response) => void listener?.(request, response));
    connections.watch(server);
    return server;
  });
  const { promise: ended, resolve } = Promise.withResolvers<EndReason>();
  const end = (reason: EndReason) => {
    if (ending.signal.aborted) return;
    ending.abort(reason);
    void Promise.all(servers.map(closeServer)).then(() => resolve(reason));
  };
  const address = `${host.newName()}.localhost:${port}`;
  const { app, entry, isKnown } = buildApp({ ...host, address, end, signal: ending.signal }, idleMs);
  const answer = (request: Request, env: unknown) => {
    if (isKnown(request)) connections.keep((env as { incoming: IncomingMessage }).incoming.socket);
    return app.fetch(request);
  };
  listener = getRequestListener(answer, { overrideGlobalObjects: false });
  return { url: `http://${address}${entry}`, port, ended, end };
}

function closeServer(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  return promise;
}
