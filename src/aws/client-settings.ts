import type { Provider } from '@smithy/types';
import { type Http, openHttp } from './http.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
const CONNECTIONS = 128;

/** One set of connections for every client of one process. */
export function connectHttp(): Http {
  return openHttp({
    connectTimeout: CONNECT_TIMEOUT_MS,
    answerTimeout: ANSWER_TIMEOUT_MS,
    connections: CONNECTIONS,
  });
}

/** What every client of one process has in common: no retries of its own, one set of connections, one name. */
export function clientSettings(
  { version, profile }: { version: string; profile?: string },
  { handler }: Http,
) {
  return {
    maxAttempts: 1,
    cacheMiddleware: true,
    customUserAgent: `keyturn/${version}`,
    ...(profile !== undefined && { profile }),
    requestHandler: handler,
  };
}
export type ClientSettings = ReturnType<typeof clientSettings> & { readonly region: Provider<string> };
