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
  return {
    handler: {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => {
        agent.destroy();
      },
      handle: async (request) => {
        const { method, headers, body } = request;
        const asked = { origin: originOf(request), path: pathOf(request), method, headers, body };
        const { status, headers: answered, body: bytes } = await exchange(agent, asked);
        return { response: { statusCode: status, headers: headersOf(answered), body: bytes } };
      },
    },
    post: async (request) => {
      const { body, ...head } = await exchange(agent, { ...request, method: 'POST' });
      return { ...head, text: body.toString() };
    },
  };
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>;

/** One request and its answer. A few KB are gathered as they come: a stream for them costs a fifth of the call. */
function exchange(agent: Agent, request: Dispatcher.DispatchOptions): Promise<Head & { body: Buffer }> {
  return new Promise((resolve, reject) => {
    let head: Head = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    agent.dispatch(request, {
      // Without it, undici takes the handler for one of its old kind.
      onRequestStart: () => {},
      // Called for 1xx too; the last is the answer's.
      onResponseStart: (_, status, headers) => {
        head = { status, headers };
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => resolve({ ...head, body: Buffer.concat(chunks) }),
      onResponseError: (_, error) => reject(error),
    });
  });
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
