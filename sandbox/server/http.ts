import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { latencyOf } from '../conditions/latency.ts';
import type { Running } from '../running.ts';
import type { Answer } from './answer.ts';
import { type Call, receive } from './call.ts';
import { control, isControl } from './control.ts';
import { sendStream } from './hostile.ts';
import type { Outcome } from './outcome.ts';
import { perform } from './perform.ts';

/** Longer than the clients keep an idle connection, so that the sandbox is never first to close one. */
const KEEP_ALIVE_MS = 120_000;

export function createWire(running: Running): Server {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handle(running, request, response, Buffer.concat(chunks).toString()));
    request.on('error', () => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

function handle(running: Running, request: IncomingMessage, response: ServerResponse, body: string): void {
  response.sendDate = false;
  const url = request.url ?? '/';
  const path = url.split('?')[0] ?? '/';
  const requestId = randomUUID();
  if (isControl(path)) {
    send(running, response, control(running, request.method ?? 'GET', url, body), requestId);
    return;
  }
  const call = receive(running, { path, headers: request.headers, body }, requestId);
  // The call acts on arrival and its answer is late: the harder order for whoever dies while waiting.
  const outcome = perform(running, call);
  const delay = latencyOf(running.settings.latency, call.operation, running.random);
  if (delay > 0) setTimeout(() => conclude(running, response, call, outcome), delay);
  else conclude(running, response, call, outcome);
}

function conclude(running: Running, response: ServerResponse, call: Call, outcome: Outcome): void {
  if (outcome.kind === 'hang') {
    hang(running, response, call, outcome);
    return;
  }
  if (outcome.kind === 'stream') {
    call.entry.status = 200;
    response.once('close', () => running.log.end(call.entry));
    sendStream(response, outcome.stream, call.requestId);
    return;
  }
  if (outcome.kind === 'reset') response.socket?.resetAndDestroy();
  else {
    call.entry.status = outcome.answer.status;
    if (outcome.code !== undefined) call.entry.code = outcome.code;
    send(running, response, outcome.answer, call.requestId);
  }
  running.log.end(call.entry);
}

/** Without `ms` the answer never comes, and the call ends when the client gives up. */
function hang(
  running: Running,
  response: ServerResponse,
  call: Call,
  { ms, next }: Outcome & { kind: 'hang' },
) {
  if (ms === undefined) response.once('close', () => running.log.end(call.entry));
  else setTimeout(() => conclude(running, response, call, next()), ms);
}

function send(running: Running, response: ServerResponse, answer: Answer, requestId: string): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...(!answer.isAnonymous && { 'x-amzn-requestid': requestId }),
    date: httpDate(running.clock.now()),
    ...answer.headers,
  });
  response.end(answer.body);
}

let dated = { second: Number.NaN, text: '' };

/** The date as a header, made once a second. */
function httpDate(now: number): string {
  const second = Math.floor(now / 1000);
  if (dated.second !== second) dated = { second, text: new Date(now).toUTCString() };
  return dated.text;
}
