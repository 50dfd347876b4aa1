import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { WebError } from '../error.ts';
import type { ReviewHost } from '../host.ts';
import { readStatus } from './overview.ts';

const LOOK_EVERY_MS = 1000;
/** So that a connection that is gone is noticed. */
const SAY_SOMETHING_EVERY_MS = 15_000;
const MOST_LISTENERS = 8;

export interface Progress {
  /** Has the listeners told that something was recorded here. */
  recorded(): void;
}

/**
 * Tells open pages when the record changes, whoever changes it: this process only looks. `configure` and `validate`
 * run elsewhere and are never started from here.
 */
export function addProgress(app: Hono, host: ReviewHost, onActivity: () => void): Progress {
  let listeners = 0;
  let recorded = 0;
  const revision = async () => `${await host.store.revision()} ${recorded}`;
  app.get('/api/progress', (context) => {
    if (listeners >= MOST_LISTENERS) {
      throw new WebError('too-many-requests', 'Too many tabs follow this rollout.', 'Close some of them.');
    }
    return streamSSE(context, async (stream) => {
      listeners += 1;
      const gone = AbortSignal.any([host.signal, abortOf(stream)]);
      try {
        let told: string | undefined;
        let text = '';
        let spokenAt = 0;
        while (!gone.aborted) {
          const seen = await revision();
          const isNew = seen !== told;
          const status = isNew ? JSON.stringify(await readStatus(host)) : text;
          if (isNew && told !== undefined && status !== text) onActivity();
          told = seen;
          if (status !== text) {
            text = status;
            spokenAt = performance.now();
            await stream.writeSSE({ event: 'status', data: status });
          } else if (performance.now() - spokenAt > SAY_SOMETHING_EVERY_MS) {
            spokenAt = performance.now();
            await stream.write(': still here\n\n');
          }
          await sleepUnless(gone);
        }
        if (host.signal.aborted) await stream.writeSSE({ event: 'end', data: String(host.signal.reason) });
      } finally {
        listeners -= 1;
      }
    });
  });
  return {
    recorded: () => {
      recorded += 1;
    },
  };
}

function abortOf(stream: { onAbort(listener: () => void): void }): AbortSignal {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  return gone.signal;
}

function sleepUnless(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, LOOK_EVERY_MS);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
