import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import type { Signing } from '../../src/web/host.ts';
import { serveReview } from '../../src/web/serve.ts';
import { enterAt } from '../support/ask.ts';
import { cleanUp } from '../support/cleanup.ts';
import { openWorld } from './world.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
/** Where a browser looks for a name under .localhost. */
const LOOPBACK = hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];

async function startServing(port = 0, signing?: Signing) {
  const { host } = await openWorld({ keys: 3, ...(signing && { signing }) });
  let names = 0;
  const serving = await serveReview(
    { ...host, newName: () => `name${++names}` },
    port,
    Number.POSITIVE_INFINITY,
  );
  cleanUp(async () => {
    serving.end('done');
    await serving.ended;
  });
  return serving;
}

/** A program of somebody else on this machine. */
async function listenAt(host: string, port = 0): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  cleanUp(() => server.close());
  return server;
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

function dial(port: number, host = '127.0.0.1'): Socket {
  const socket = connect(port, host).on('error', () => {});
  cleanUp(() => socket.destroy());
  return socket;
}

/** Sends bytes as they are, and reads what comes until the other side has ended. */
async function send(port: number, text: string): Promise<string> {
  const socket = dial(port);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('the address', () => {
  it('is a name of its own each time, on both loopback addresses', async () => {
    const serving = await startServing();
    expect(serving.url).toMatch(
      new RegExp(`^http://name1\\.localhost:${serving.port}/enter\\?token=secret-\\d$`),
    );
    for (const host of LOOPBACK) {
      await once(dial(serving.port, host), 'connect');
      await expect(listenAt(host, serving.port)).rejects.toThrow('EADDRINUSE');
    }
  });

  it.each(LOOPBACK)('is refused if another program has the port at %s', async (host) => {
    const port = portOf(await listenAt(host));
    await expect(startServing(port)).rejects.toMatchObject({
      code: 'input-argument',
      message: expect.stringMatching(`^Port ${port} is not available: `),
    });
  });

  it.runIf(LOOPBACK.length > 1)(
    'has the port free again at 127.0.0.1 if it could not be had at ::1',
    async () => {
      const port = portOf(await listenAt('::1'));
      await expect(startServing(port)).rejects.toThrow();
      await listenAt('127.0.0.1', port);
    },
  );
});

describe('neighbours', () => {
  it('with 1,100 half-open connections and 100 wrong guesses do not lock the person out', async () => {
    const { port, url } = await startServing();
    const half = Array.from({ length: 1100 }, () => dial(port));
    for (const socket of half) socket.write('GET /enter?token=guess HTTP/1.1\r\n');
    await Promise.all(half.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
    const guess = `GET /enter?token=guess HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: close\r\n\r\n`;
    const answers = await Promise.all(Array.from({ length: 100 }, () => send(port, guess)));
    expect(new Set(answers.map((answer) => answer.slice(9, 12)))).toEqual(new Set(['403', '429']));
    const { status, get, post } = await enterAt(url);
    expect(status).toBe(200);
    expect((await get('/api/findings')).status).toBe(200);
    expect((await post('/api/selections', {})).status).toBe(201);
  });

  it('that do not finish their request are shut out after seconds', async () => {
    const { port } = await startServing();
    const begun = performance.now();
    expect(await send(port, 'GET / HTTP/1.1\r\n')).toContain('408');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('get an answer of 4xx to whatever they send', async () => {
    const { port, url } = await startServing();
    const { host } = new URL(url);
    const head = `Host: ${host}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    const strange = [
      `POST /api/selections HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      `POST /enter HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
      `POST / HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`,
      `POST / HTTP/1.1\r\n${head}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`,
      `GET http://[ HTTP/1.1\r\n${head}\r\n`,
      `GET //x HTTP/1.1\r\n${head}\r\n`,
      `GET /%E0%A4%A HTTP/1.1\r\n${head}\r\n`,
      `GET /enter?token=%E0%A4%A HTTP/1.1\r\n${head}\r\n`,
      `GET /api/findings HTTP/1.1\r\n${head}Cookie: keyturn=%E0%A4%A; ;;=\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n',
      'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
      `TRACE / HTTP/1.1\r\n${head}\r\n`,
      `OPTIONS * HTTP/1.1\r\n${head}\r\n`,
      `GET /x HTTP/1.1\r\n${head}Upgrade: websocket\r\n\r\n`,
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${head}\r\n`,
      'nonsense\r\n\r\n',
    ];
    for (const text of strange) {
      expect([text, await send(port, text)]).toEqual([text, expect.stringMatching(/^HTTP\/1.1 4\d\d /)]);
    }
  });
});

describe('a page that is closed', () => {
  it('withdraws the question that it had the terminal ask', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<AbortSignal>();
    const confirm: Signing['confirm'] = (_, signal) => {
      ask(signal);
      return new Promise((answer) => signal.addEventListener('abort', () => answer(false)));
    };
    const { privateKey: key } = generateKeyPairSync('ed25519');
    const { port, url } = await startServing(0, { key, confirm });
    const { cookie, secret, post } = await enterAt(url);
    const { selection } = JSON.parse((await post('/api/selections', {})).text);
    await post(`/api/selections/${selection}/changes`, { kind: 'matching', on: true, filter: {} });
    const proposed = await post('/api/confirmations', { selection, decision: 'approve' });
    const { confirmation, keys } = JSON.parse(proposed.text);
    const body = JSON.stringify({ typed: String(keys) });
    const tab = dial(port);
    tab.write(
      `POST /api/confirmations/${confirmation} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nCookie: ${cookie}\r\nx-keyturn-csrf: ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const signal = await asked;
    expect(signal.aborted).toBe(false);
    tab.destroy();
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
  });
});

describe('a body', () => {
  it('in chunks is read like any other, and not beyond what there can be', async () => {
    const { port, url } = await startServing();
    const { host } = new URL(url);
    const { cookie, secret, post } = await enterAt(url);
    const { selection } = JSON.parse((await post('/api/selections', {})).text);
    const head = `POST /api/selections/${selection}/changes HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nCookie: ${cookie}\r\nx-keyturn-csrf: ${secret}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const inChunks = (...texts: string[]) =>
      send(
        port,
        `${head}${texts.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')}0\r\n\r\n`,
      );
    expect(await inChunks('{"kind":"keys",', '"on":true,"keyArns":[]}')).toMatch(/^HTTP\/1.1 200 /);
    expect(await inChunks('no json')).toMatch(/^HTTP\/1.1 400 /);
    expect(await inChunks('"\xff"')).toMatch(/^HTTP\/1.1 (400|4\d\d) /);
    expect(await inChunks(...Array.from({ length: 20 }, () => 'x'.repeat(60_000)))).toMatch(
      /^HTTP\/1.1 413 /,
    );
    expect(await send(port, `${head}zz\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  });
});
