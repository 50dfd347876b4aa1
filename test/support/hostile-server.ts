import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What a server may do with a request, on a bare socket. */
export type Behaviour = (socket: Socket) => void;

export interface HostileServer {
  readonly origin: string;
  /** Connections that are open. */
  readonly open: number;
  /** Bytes that were written to connections which are closed by now. */
  readonly written: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A server on loopback that keeps to no rule of HTTP. */
export async function startHostileServer(): Promise<HostileServer> {
  let behaviour: Behaviour = () => {};
  let written = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      written += socket.bytesWritten;
    });
    socket.on('data', (chunk) => {
      if (chunk.includes('POST ')) behaviour(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return sockets.size;
    },
    get written() {
      return written;
    },
    behave: (given) => {
      behaviour = given;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const TYPE = 'content-type: application/x-amz-json-1.1\r\nx-amzn-requestid: 11111111-2222\r\n';
const HEAD = `HTTP/1.1 200 OK\r\n${TYPE}`;
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const FLOOD = 64 * 1024 * 1024;

/** A whole answer with this body. */
export function whole(body: string | Buffer, headers = ''): Buffer {
  const head = `${HEAD}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

function repeatedly(socket: Socket, text: string, ms: number): void {
  const timer = setInterval(() => socket.write(text), ms);
  socket.once('close', () => clearInterval(timer));
}

/** Writes as fast as it is taken. */
function flood(socket: Socket, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const more = (): void => {
    while (!socket.destroyed && socket.bytesWritten < FLOOD) if (!socket.write(chunk)) break;
    if (socket.bytesWritten < FLOOD) socket.once('drain', more);
  };
  more();
}

const deep = `{"KeyId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, ' '));

/** Answers that are none, by what is wrong with them. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'nothing at all': () => {},
  'a body byte by byte': (socket) => {
    socket.write(`${HEAD}content-length: 5000\r\n\r\n{`);
    repeatedly(socket, ' ', 20);
  },
  'chunks byte by byte': (socket) => {
    socket.write(CHUNKED);
    repeatedly(socket, '1\r\n \r\n', 20);
  },
  'headers byte by byte': (socket) => {
    socket.write(`${HEAD}x-a: `);
    repeatedly(socket, 'a', 20);
  },
  'a flood of headers': (socket) => {
    socket.write(HEAD);
    flood(socket, 'x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n');
  },
  'one endless header': (socket) => {
    socket.write(`${HEAD}x-a: `);
    flood(socket, 'a');
  },
  'a flood of 100 Continue': (socket) => flood(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
  'a flood of 103 Early Hints': (socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
  'a switch of protocols': (socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{}');
  },
  'an endless body': (socket) => {
    socket.write(`${HEAD}content-length: 1000000000000\r\n\r\n`);
    flood(socket, ' ');
  },
  'endless chunks': (socket) => {
    socket.write(CHUNKED);
    flood(socket, '10\r\n                \r\n');
  },
  'an endless chunk extension': (socket) => {
    socket.write(`${CHUNKED}1;`);
    flood(socket, 'a');
  },
  'endless trailers': (socket) => {
    socket.write(`${CHUNKED}2\r\n{}\r\n0\r\n`);
    flood(socket, 'x-a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n');
  },
  'a gzip bomb': (socket) => {
    socket.write(whole(bomb, 'content-encoding: gzip\r\n'));
  },
  'deep JSON': (socket) => {
    socket.write(whole(deep));
  },
  'bytes that are not UTF-8': (socket) => {
    socket.write(whole(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])));
  },
  'a redirect to itself': (socket) => {
    socket.write('HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 0\r\n\r\n');
  },
  'an answer cut off': (socket) => {
    socket.end(`${HEAD}content-length: 500\r\n\r\n{"KeyId":`);
  },
  'two lengths': (socket) => {
    socket.write(`${HEAD}content-length: 2\r\ncontent-length: 4\r\n\r\n{}  `);
  },
  'a length and chunks': (socket) => {
    socket.write(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`);
  },
  'what is not HTTP': (socket) => {
    socket.write('SSH-2.0-OpenSSH_9.6\r\n');
  },
  'a list of a hundred thousand entries': (socket) => {
    const entries = `[${'{},'.repeat(15_000)}{}]`;
    socket.write(whole(`{"Keys":${entries},"Tags":${entries},"Truncated":false}`));
  },
};
