import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import { Agent, type Dispatcher } from 'undici';

export interface HttpSettings {
  /** Milliseconds until a connection is made, and until an answer begins or goes on. */
  readonly connectTimeout: number;
  readonly answerTimeout: number;
  /** Connections to one host. */
  readonly connections: number;
}

export interface HttpPost {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}
export type Post = (request: HttpPost) => Promise<HttpAnswer>;

export interface Http {
  /** Carries the SDK's requests. */
  readonly handler: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;
  /** Makes one request and reads its answer whole. */
  readonly post: Post;
}

/**
 * HTTP over undici, which costs less a call than the SDK's own handler (docs/performance.md). One for all clients, so
 * that they share connections. Nothing is retried here.
 */
export function openHttp(settings: HttpSettings): Http {
  const agent = new Agent({
    connect: { timeout: settings.connectTimeout },
    headersTimeout: settings.answerTimeout,
    bodyTimeout: settings.answerTimeout,
    connections: settings.connections,
    pipelining: 1,
  });
  return { handler: sdkHandler(agent), post: (request) => post(agent, request) };
}

/** A few KB are gathered as they come: a stream for them costs a fifth of the call. */
function post(agent: Agent, { origin, path, headers, body }: HttpPost): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let head: Pick<HttpAnswer, 'status' | 'headers'> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    const gather: Dispatcher.DispatchHandler = {
      // Without it, undici takes the handler for one of its old kind.
      onRequestStart: () => {},
      // Called for 1xx too; the last is the answer's.
      onResponseStart: (_, status, answered) => {
        head = { status, headers: answered };
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => resolve({ ...head, text: Buffer.concat(chunks).toString() }),
      onResponseError: (_, error) => reject(error),
    };
    agent.dispatch({ origin, path, method: 'POST', headers, body }, gather);
  });
}

function sdkHandler(agent: Agent): Http['handler'] {
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
