import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Readable } from 'node:stream';
import { UnusableCredentials } from './failure.ts';

/** Bytes. The credentials of an instance or a container take some 2 KB. */
const MAX_ANSWER_BYTES = 64 * 1024;

interface Obtaining {
  readonly fail: (error: Error) => void;
}

/** For whom credentials are being obtained: several profiles are asked at once. */
const obtaining = new AsyncLocalStorage<Obtaining>();

/**
 * Obtains credentials, with a bound on the answers of instance metadata and container endpoints. The SDK asks those over
 * Node's own client and gathers whatever comes.
 * @throws UnusableCredentials if an answer is larger
 */
export async function withBoundedAnswers<T>(obtain: () => Promise<T>): Promise<T> {
  watch();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  return Promise.race([obtaining.run({ fail }, obtain), failed]);
}

let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  subscribe('http.client.response.finish', (message) => {
    const asked = obtaining.getStore();
    if (asked) bound(message as Exchange, asked);
  });
}

interface Exchange {
  readonly request: { destroy(): void };
  readonly response: Readable;
}

/** Counts what arrives, without reading it: a listener would take away what the SDK reads later. */
function bound({ request, response }: Exchange, { fail }: Obtaining): void {
  const push = response.push.bind(response);
  let size = 0;
  response.push = (chunk: Buffer | null, encoding) => {
    size += chunk?.length ?? 0;
    if (size <= MAX_ANSWER_BYTES) return push(chunk, encoding);
    request.destroy();
    fail(new UnusableCredentials(`the answer of their source is larger than ${MAX_ANSWER_BYTES / 1024} KiB`));
    return false;
  };
}
