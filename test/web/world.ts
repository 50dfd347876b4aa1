import { dirname } from 'node:path';
import type { Hono } from 'hono';
import type { TrustedKey } from '../../src/evidence/trust.ts';
import type { AssessedRollout } from '../../src/model/rollout.ts';
import { openStore } from '../../src/store/open.ts';
import { buildApp } from '../../src/web/app.ts';
import { CSRF_HEADER } from '../../src/web/door.ts';
import type { EndReason, ReviewHost, Signing } from '../../src/web/host.ts';
import type { ErrorAnswer, FindingsAnswer, SelectionAnswer } from '../../src/web/shapes.ts';
import { filterOf } from '../../src/workflow/rollout/visible-findings.ts';
import { storeAssessment } from '../support/big-store.ts';
import { FakeClock, temporaryStore } from '../workflow/fake-aws.ts';

export const PORT = 7000;
export const ADDRESS = `name.localhost:${PORT}`;
export const ORIGIN = `http://${ADDRESS}`;
const SUBMITTER = {
  callerArn: 'arn:aws:iam::111122220000:user/reviewer',
  account: '111122220000',
  userId: 'AIDA',
  osUser: 'reviewer',
  host: 'here',
};

export interface WorldOptions {
  readonly keys?: number;
  readonly readOnly?: boolean;
  readonly filter?: string;
  readonly idleMs?: number;
  readonly signing?: Signing;
  readonly approvers?: readonly TrustedKey[];
}

/** A served rollout without a socket: requests go straight to the app, as a browser on the right address sends them. */
export async function openWorld({
  keys = 40,
  readOnly = false,
  filter,
  idleMs,
  signing,
  approvers,
}: WorldOptions = {}) {
  const store = await temporaryStore();
  const rollout = await storeAssessment(store, keys, filter === undefined ? {} : { filter });
  return serveWorld(store, rollout, readOnly, idleMs ?? Number.POSITIVE_INFINITY, signing, approvers);
}

export async function serveWorld(
  store: Awaited<ReturnType<typeof temporaryStore>>,
  rollout: AssessedRollout,
  readOnly = false,
  idleMs = Number.POSITIVE_INFINITY,
  signing?: Signing,
  approvers: readonly TrustedKey[] = [],
) {
  const clock = new FakeClock();
  const isShown = await filterOf(rollout);
  const unexpected: unknown[] = [];
  const ended: EndReason[] = [];
  const ending = new AbortController();
  let secrets = 0;
  let approvals = 0;
  const host: ReviewHost = {
    store,
    openAgain: () => openStore(dirname(store.path)),
    rollout,
    review: await store.openReview(rollout.id, rollout.scope.filter === undefined ? undefined : isShown),
    isShown,
    clock,
    address: ADDRESS,
    version: '0',
    approvers,
    ...(!readOnly && { approver: { submittedBy: SUBMITTER, ...(signing && { signing }) } }),
    assets: new Map([
      ['/index.html', { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode('<head></head>') }],
      ['/assets/a-1.js', { type: 'text/javascript; charset=utf-8', bytes: new Uint8Array([59]) }],
    ]),
    commandFor: (next) => `keyturn ${next} --store s2`,
    newSecret: () => `secret-${++secrets}`,
    newApprovalId: () => `approval-${++approvals}`,
    report: (thrown) => unexpected.push(thrown),
    end: (reason) => {
      ended.push(reason);
      ending.abort(reason);
    },
    signal: ending.signal,
  };
  const { app, entry } = buildApp(host, idleMs);
  return { store, rollout, host, clock, app, entry, unexpected, ended };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A request as it would come over the wire; the address is in Host, where a server looks. */
export function request(app: Hono, path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  if (!headers.has('host')) headers.set('host', ADDRESS);
  return app.request(`${ORIGIN}${path}`, { ...init, headers });
}

/** A browser that was let in. */
export async function enter({ app, entry }: Pick<World, 'app' | 'entry'>) {
  const answer = await request(app, entry);
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const csrf = /name="keyturn-csrf" content="([\w-]+)"/.exec(await answer.clone().text())?.[1] ?? '';
  const get = (path: string, headers: Record<string, string> = {}) =>
    request(app, path, { headers: { cookie, 'sec-fetch-site': 'same-origin', ...headers } });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(app, path, {
      method: 'POST',
      headers: {
        cookie,
        origin: ORIGIN,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
        [CSRF_HEADER]: csrf,
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    answer,
    cookie,
    csrf,
    get,
    post,
    list: async (query: Record<string, unknown> = {}): Promise<FindingsAnswer> => {
      const words = Object.entries(query).map(([name, value]): [string, string] => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]);
      const listed = await get(`/api/findings?${new URLSearchParams(words)}`);
      if (listed.status !== 200) throw new Error(await listed.text());
      return (await listed.json()) as FindingsAnswer;
    },
    select: async (id: string, change: unknown): Promise<SelectionAnswer> =>
      (await (await post(`/api/selections/${id}/changes`, change)).json()) as SelectionAnswer,
    openSelection: async (): Promise<SelectionAnswer> =>
      (await (await post('/api/selections', {})).json()) as SelectionAnswer,
  };
}

export type Browser = Awaited<ReturnType<typeof enter>>;

export const errorCode = async (answer: Response): Promise<string> =>
  ((await answer.json()) as ErrorAnswer).error.code;
