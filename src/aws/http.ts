import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import { Agent } from 'undici';

export interface HttpSettings {
  /** Milliseconds until a connection is made, and until an answer begins or goes on. */
  readonly connectTimeout: number;
  readonly answerTimeout: number;
  /** Connections to one host. */
  readonly connections: number;
}

/**
 * Carries the SDK's requests over undici, which costs less a call than the SDK's own handler (docs/performance.md).
 * One for all clients, so that they share connections. Nothing is retried here.
 */
export function httpHandler(
  settings: HttpSettings,
): RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> {
  const agent = new Agent({
    connect: { timeout: settings.connectTimeout },
    headersTimeout: settings.answerTimeout,
    bodyTimeout: settings.answerTimeout,
    connections: settings.connections,
    pipelining: 1,
  });
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy: () => {
      agent.destroy();
    },
    handle: async (request, { abortSignal } = {}) => {
      const answer = await agent.request({
        origin: originOf(request),
        path: pathOf(request),
        method: request.method,
        headers: request.headers,
        body: request.body,
        ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
      });
      // Read at once: a few KB as bytes cost the SDK less than a stream.
      const body = new Uint8Array(await answer.body.arrayBuffer());
      return { response: { statusCode: answer.statusCode, headers: headersOf(answer.headers), body } };
    },
  };
}

function originOf({ protocol, hostname, port }: HttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

function pathOf({ path, query = {} }: HttpRequest): string {
  const words = Object.entries(query).flatMap(([name, values]) =>
    [values ?? ''].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return words.length === 0 ? path : `${path}?${words.join('&')}`;
}

function headersOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
