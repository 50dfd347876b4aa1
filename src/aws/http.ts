import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import type { Connect, Connections, Line } from './connections.ts';
import { exchange, type RawHttpAnswer } from './exchange.ts';

export interface HttpPost {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bytes of the answer's body; without it those that a call of the SDK may take. */
  readonly maxBytes?: number;
}
export interface HttpAnswer extends Omit<RawHttpAnswer, 'body'> {
  readonly text: string;
}
export type Post = (request: HttpPost) => Promise<HttpAnswer>;

export interface Http {
  /** Carries the SDK's requests. */
  readonly handler: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;
  /** Makes one request and reads its answer whole. */
  readonly post: Post;
}

/** No page that the SDK is asked for comes near it. Bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Milliseconds for the whole of an answer. KMS answers within one second or so. */
const ANSWER_DEADLINE = 20_000;

/**
 * HTTP over undici, which costs less a call than the SDK's own handler (docs/performance.md). Nothing is retried here.
 * @param connectTo how a host is connected to, by its origin
 * @param deadlineMs for the whole of an answer, from when its request has a connection
 */
export function openHttp(
  connections: Connections,
  connectTo: (origin: string) => Connect,
  deadlineMs = ANSWER_DEADLINE,
): Http {
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
        const bounds = { maxBytes: MAX_ANSWER_BYTES, deadlineMs };
        const answer = await connections.use(lineTo(origin), (each) => exchange(each, asked, bounds), true);
        const { status, headers: answered, body: bytes } = answer;
        return { response: { statusCode: status, headers: headersOf(answered), body: bytes } };
      },
    },
    post: async ({ maxBytes = MAX_ANSWER_BYTES, ...request }) => {
      const asked = { ...request, method: 'POST' } as const;
      const line = lineTo(request.origin);
      const bounds = { maxBytes, deadlineMs };
      const { body, ...head } = await connections.use(line, (each) => exchange(each, asked, bounds), false);
      return { ...head, text: body.toString() };
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
