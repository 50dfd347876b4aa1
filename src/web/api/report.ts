import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Context, Hono } from 'hono';
import { htmlReport } from '../../report/html.ts';
import type { Store } from '../../workflow/ports.ts';
import { reportFiles } from '../../workflow/report/report-files.ts';
import { readRecord } from '../../workflow/report/rollout-record.ts';
import { checkRecord } from '../../workflow/rollout/check-record.ts';
import { WebError } from '../error.ts';
import type { ReviewHost } from '../host.ts';
import { zip } from '../zip.ts';

/** Each reads the whole record; more than a few at once help nobody. */
const MOST_AT_ONCE = 2;

/** The report of the rollout as it stands, to keep: the page to read, or all of the evidence. */
export function addReport(app: Hono, host: ReviewHost): void {
  const { rollout, version } = host;
  let atOnce = 0;
  const download = async (context: Context, name: string, type: string, read: Pieces) => {
    await checkRecord(host.store, rollout);
    if (atOnce >= MOST_AT_ONCE) {
      throw new WebError('too-many-requests', 'Two reports are being made already.', 'Wait for them.');
    }
    atOnce += 1;
    const pieces = readApart(host, read, () => {
      atOnce -= 1;
    });
    context.header('content-type', type);
    context.header('content-disposition', `attachment; filename="${name}"`);
    // A report that somebody opens from here has no say over this page.
    context.header('content-security-policy', "default-src 'none'; sandbox");
    return context.body(toWeb(pieces));
  };
  app.get('/api/report', (context) =>
    download(context, `keyturn-${rollout.id}.html`, 'text/html; charset=utf-8', async function* (store) {
      yield* htmlReport(await readRecord(store, rollout));
    }),
  );
  app.get('/api/evidence', (context) =>
    download(context, `keyturn-${rollout.id}.zip`, 'application/zip', (store) =>
      zip(reportFiles(store, rollout, { keyturnVersion: version })),
    ),
  );
}

type Pieces = (store: Store) => AsyncIterable<string | Buffer>;

/** Reads on a connection of its own, at one time: the one that serves goes on meanwhile. */
async function* readApart(
  { openAgain, rollout }: ReviewHost,
  read: Pieces,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    const store = await openAgain();
    try {
      const { promise: isRead, resolve: finish } = Promise.withResolvers<void>();
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
      const reading = store.atOneTime(async () => {
        begin();
        await isRead;
      });
      await begun;
      try {
        if (await store.findRollout(rollout.id))
          for await (const piece of read(store)) yield Buffer.from(piece);
      } finally {
        finish();
        await reading;
      }
    } finally {
      await store.close();
    }
  } finally {
    onEnd();
  }
}

const toWeb = (pieces: AsyncIterable<Uint8Array>) =>
  Readable.toWeb(Readable.from(pieces, { objectMode: false })) as ReadableStream<Uint8Array> as never;
