import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Certified, certify } from './authority.ts';

/** AWS under its own host names: TLS on loopback by an authority of its own, before a sandbox or any HTTP server. */
export interface Front {
  readonly port: number;
  readonly caFile: string;
  /** For a process that is to reach the front by the names, without a proxy. */
  readonly direct: Readonly<Record<string, string>>;
  /** The host name of each request, in order. */
  readonly hosts: readonly string[];
  /** Connections open now, and the most that were. */
  readonly connections: { readonly now: number; readonly most: number };
  close(): void;
}

export interface FrontOptions {
  /** Host names in the certificate; a star stands for one label. */
  readonly names: readonly string[];
  /** Where requests go on to, as http://HOST:PORT; or what answers them. */
  readonly to: string | ((request: IncomingMessage, response: ServerResponse) => void);
  /** For keys and certificates. */
  readonly directory: string;
  /** Days for which the certificate is valid; negative if it has expired. */
  readonly days?: number;
}

const PRELOAD = fileURLToPath(new URL('./names-to-loopback.cjs', import.meta.url));

export async function startFront({ names, to, directory, days }: FrontOptions): Promise<Front> {
  const { key, cert, caFile }: Certified = certify(directory, names, days);
  const hosts: string[] = [];
  const connections = { now: 0, most: 0 };
  const answer = typeof to === 'string' ? passOn(to) : to;
  const server = createTlsServer({ key, cert }, (incoming, response) => {
    hosts.push(incoming.headers.host ?? '');
    answer(incoming, response);
  });
  const sockets = watch(server, connections);
  const port = await listen(server);
  return {
    port,
    caFile,
    hosts,
    connections,
    direct: { NODE_OPTIONS: `--require ${PRELOAD}`, FRONT_PORT: String(port) },
    close: () => closeAll(server, sockets),
  };
}

/** Passes requests on to another HTTP server. */
export function passOn(to: string): (incoming: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    const { method, url, headers } = incoming;
    const onward = request(new URL(url ?? '/', to), { method, headers, agent: false }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  };
}

/** A proxy on loopback: CONNECT for any name goes to one port, and requests for http:// URLs to their own. */
export interface Proxy {
  readonly port: number;
  readonly url: string;
  /** What was asked for: `CONNECT host:port` or `POST http://…`. */
  readonly asked: readonly string[];
  /** The Proxy-Authorization of each request. */
  readonly authorizations: readonly (string | undefined)[];
  close(): void;
}

export interface ProxyOptions {
  /** The port on loopback that every tunnel ends at. */
  readonly to: number;
  /** Answers with this status instead. */
  readonly status?: number;
}

export async function startProxy({ to, status }: ProxyOptions): Promise<Proxy> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const note = ({ method, url, headers }: IncomingMessage) => {
    asked.push(`${method} ${url}`);
    authorizations.push(headers['proxy-authorization']);
  };
  const server = createServer((incoming, response) => {
    note(incoming);
    if (status === undefined) return passOn(new URL(incoming.url ?? '').origin)(incoming, response);
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>');
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    socket.on('error', () => {});
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  const sockets = watch(server, { now: 0, most: 0 });
  const port = await listen(server);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    authorizations,
    close: () => closeAll(server, sockets),
  };
}

function watch(server: Server, count: { now: number; most: number }): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    count.now += 1;
    count.most = Math.max(count.most, count.now);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      count.now -= 1;
    });
  });
  return sockets;
}

function closeAll(server: Server, sockets: Iterable<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}
