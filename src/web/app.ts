import { Hono } from 'hono';
import { addDecisions, readOnly } from './api/decide.ts';
import { addKeys } from './api/keys.ts';
import { addOverview } from './api/overview.ts';
import { addProgress } from './api/progress.ts';
import { addReport } from './api/report.ts';
import { type Door, openDoor } from './door.ts';
import { answerError, WebError } from './error.ts';
import { guardContentType, guardFetchSite, guardOrigin, guardWorkers, isWrite } from './guards.ts';
import { setHeaders } from './headers.ts';
import type { ReviewHost } from './host.ts';
import { openIdle } from './idle.ts';
import { limitRate } from './limits.ts';
import { addPage, indexOf } from './page.ts';

export interface ReviewApp {
  readonly app: Hono;
  /** The path that lets one browser in, once. */
  readonly entry: string;
  /** Whether a request comes from a browser that was let in, or brings the link that lets one in. */
  readonly isKnown: (request: Request) => boolean;
}

/** The page's server: every request passes all guards in this order before anything is looked up for it. */
export function buildApp(host: ReviewHost, idleMs: number): ReviewApp {
  const app = new Hono();
  const { address, newSecret, clock, approver, report } = host;
  const door = openDoor({ newSecret, page: indexOf(host.assets) });
  const idle = openIdle(host, idleMs);
  const now = () => clock.monotonic();
  app.onError((thrown, context) => answerError(context, thrown, report));
  app.notFound((context) => answerError(context, notFound(), report));
  app.use(setHeaders);
  app.use(guardOrigin(address));
  app.use(guardWorkers);
  app.use(limitRate(({ req }) => door.isKnown(req.raw), now));
  app.get('/enter', (context) => door.enter(context));
  guardApi(app, door, idle.touch);
  if (!approver) {
    app.use('/api/*', async (context, next) => {
      if (isWrite(context) && context.req.path !== '/api/end') throw readOnly();
      await next();
    });
  }
  addKeys(app, host);
  addOverview(app, host);
  addReport(app, host);
  const progress = addProgress(app, host, idle.touch);
  addDecisions(app, host, progress.recorded);
  app.post('/api/end', (context) => {
    host.end('done');
    return context.json({ ended: true });
  });
  addPage(app, host.assets);
  return { app, entry: door.path, isKnown: door.isKnown };
}

function guardApi(app: Hono, door: Door, touch: () => void): void {
  app.use('/api/*', door.guard);
  app.use('/api/*', guardFetchSite);
  app.use('/api/*', async (context, next) => {
    if (!isWrite(context)) return next();
    await door.guardWrites(context, () => guardContentType(context, next) as never);
  });
  app.use('/api/*', async (_, next) => {
    touch();
    await next();
  });
}

const notFound = (): WebError => new WebError('not-found', 'There is nothing here.', 'Go to the page: /.');
