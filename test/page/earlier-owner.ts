import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanUp } from '../support/cleanup.ts';

/** Marks the page as taken over, looks for the secret wherever it could be, and approves every key. */
const ATTACK = `(async () => {
  document.documentElement.dataset.owned = 'yes';
  const secret = /csrf=([\\w-]+)/.exec(location.hash)?.[1]
    ?? document.querySelector('meta[name=keyturn-csrf]')?.content
    ?? Object.values(sessionStorage).join();
  const post = async (path, body) => (await fetch('/api/' + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keyturn-csrf': secret },
    body: JSON.stringify(body),
  })).json();
  const { selection } = await post('selections', {});
  const filter = { operation: 'and', tokens: [], within: [] };
  const { keys } = await post('selections/' + selection + '/changes', { kind: 'matching', on: true, filter });
  const { confirmation } = await post('confirmations', { selection, decision: 'approve' });
  await post('confirmations/' + confirmation, { typed: String(keys) });
})()`;

const PAGE = '<!doctype html><title>owned</title><div id="page"></div><script src="/attack.js"></script>';
const WORKER = `addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { url, mode } = event.request;
  const answer = (body, type) => event.respondWith(new Response(body, { headers: { 'content-type': type } }));
  if (mode === 'navigate' && !url.includes('/enter')) answer(${JSON.stringify(PAGE)}, 'text/html');
  if (url.endsWith('.js')) answer(${JSON.stringify(ATTACK)}, 'text/javascript');
});`;
const REGISTER = `<!doctype html><script>
navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => { document.title = 'left'; });
</script>`;

type Leave = (path: string, answer: ServerResponse) => void;

const FOR_EVER = 'public, max-age=31536000, immutable';
const send = (answer: ServerResponse, type: string, body: string, cache = 'no-store') => {
  answer.setHeader('content-type', type);
  answer.setHeader('cache-control', cache);
  answer.end(body);
};
const attack = (answer: ServerResponse, cache?: string) => send(answer, 'text/javascript', ATTACK, cache);

/** What a server can leave behind in a browser. Each page says by the title `left` that it has done so. */
export const LEFTOVERS: Readonly<Record<string, Leave>> = {
  'a cached page': (path, answer) => {
    if (path.endsWith('.js')) return attack(answer, FOR_EVER);
    send(answer, 'text/html', `${PAGE}<title>left</title>`, FOR_EVER);
  },
  'cached files of the page': (path, answer) => {
    if (path.endsWith('.js')) return attack(answer, FOR_EVER);
    send(answer, 'text/html', '<title>left</title>');
  },
  'a service worker': (path, answer) => {
    if (path === '/worker.js') {
      answer.setHeader('service-worker-allowed', '/');
      return send(answer, 'text/javascript', WORKER);
    }
    send(answer, 'text/html', REGISTER);
  },
  'a redirect that is kept': (path, answer) => {
    if (path.endsWith('.js')) return attack(answer, FOR_EVER);
    if (path !== '/') return send(answer, 'text/html', `${PAGE}<title>left</title>`, FOR_EVER);
    answer.writeHead(308, { location: '/elsewhere', 'cache-control': FOR_EVER });
    answer.end();
  },
  'storage and cookies, with a window that stays open': (_, answer) => {
    answer.setHeader('set-cookie', [
      'keyturn=planted; Path=/',
      'keyturn=planted; Path=/; Domain=localhost',
      `large=${'x'.repeat(3500)}; Path=/; Domain=localhost`,
    ]);
    send(
      answer,
      'text/html',
      `<!doctype html><script>
localStorage.setItem('keyturn-csrf', 'planted');
sessionStorage.setItem('keyturn-csrf', 'planted');
name = 'keyturn';
document.title = 'left';
setInterval(() => { ${ATTACK}.catch(() => {}); }, 200);
</script>`,
    );
  },
};

export interface EarlierOwner {
  readonly port: number;
  /** What it was asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** A server that had a port before: it answers to whatever name it is called by. */
export async function startEarlierOwner(leave: Leave): Promise<EarlierOwner> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, answer) => {
    asked.push(`${request.headers.host}${request.url}`);
    leave(new URL(request.url ?? '/', 'http://any').pathname, answer);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  cleanUp(() => close());
  return { port: (server.address() as AddressInfo).port, asked, close };
}
