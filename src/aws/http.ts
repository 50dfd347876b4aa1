import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import { type Dispatcher, errors } from 'undici';
import type { Connect, Connections, Line } from './connections.ts';

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
 * HTTP over undici, which costs less a call than the SDK's own handler (docs/performance.md). Nothing is retried here.
 * @param connectTo how a host is connected to, by its origin
 */
export function openHttp(connections: Connections, connectTo: (origin: string) => Connect): Http {
  const lines = new Map<string, Line>();
  const lineTo = (origin: string): Line => {
    const line = lines.get(origin) ?? connections.lineTo(connectTo(origin));
    lines.set(origin, line);
    return line;
  };
  return {
    handler: {
      metadata: { handlerProtocol: 'http/1.1' },
      destroy: () => connections.closeIdle(),
      handle: async (request) => {
        const { method, headers, body } = request;
        const origin = originOf(request);
        const asked = { origin, path: pathOf(request), method, headers, body };
        // Few, and a change among them is already announced: none waits behind the reads.
        const answer = await connections.use(lineTo(origin), (each) => exchange(each, asked), true);
        const { status, headers: answered, body: bytes } = answer;
        return { response: { statusCode: status, headers: headersOf(answered), body: bytes } };
      },
    },
    post: async (request) => {
      const asked = { ...request, method: 'POST' } as const;
      const line = lineTo(request.origin);
      const { body, ...head } = await connections.use(line, (each) => exchange(each, asked), false);
      return { ...head, text: body.toString() };
    },
  };
}

type Head = Pick<HttpAnswer, 'status' | 'headers'>;

/** One request and its answer. A few KB are gathered as they come: a stream for them costs a fifth of the call. */
function exchange(
  connection: Dispatcher,
  request: Dispatcher.DispatchOptions,
): Promise<Head & { body: Buffer }> {
  return new Promise((resolve, reject) => {
    let head: Head = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    connection.dispatch(request, {
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
      onResponseError: (_, error) => reject(told(error)),
    });
  });
}

/** A proxy did not connect to the host: nothing was sent there. */
export const proxyRefused = (statusCode: number): Error =>
  Object.assign(new Error(`the proxy answered HTTP ${statusCode}`), {
    name: 'ProxyRefused',
    code: `PROXY_${statusCode}`,
    statusCode,
  });

/** Of a plain http:// request that goes through a proxy, undici tells 407 in words only. */
function told(error: Error): Error {
  return error instanceof errors.InvalidArgumentError && error.message.includes('(407)')
    ? proxyRefused(407)
    : error;
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
