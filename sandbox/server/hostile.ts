import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FaultRule } from '../settings/rule.ts';
import type { Answer } from './answer.ts';
import { successOf } from './protocol.ts';
import type { Service } from './recognise.ts';

/** An answer that comes bit by bit and perhaps never ends. */
export type Stream = Extract<FaultRule, { kind: 'drip' | 'flood' }>;

const DRIP_MS = 2_000;
const FLOOD_BYTES = 64 * 1024 * 1024;
const LEVELS = 50_000;

/** Sends a byte now and then for ever, or as many as were asked for; ends when the client gives up. */
export function sendStream(response: ServerResponse, stream: Stream, requestId: string): void {
  const isGzip = stream.kind === 'flood' && stream.gzip === true;
  response.writeHead(200, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
    ...(isGzip && { 'content-encoding': 'gzip' }),
  });
  if (stream.kind === 'drip') {
    response.write('{');
    const timer = setInterval(() => response.write(' '), stream.everyMs ?? DRIP_MS);
    response.once('close', () => clearInterval(timer));
    return;
  }
  const body = Readable.from(spaces(stream.bytes ?? FLOOD_BYTES));
  response.once('close', () => body.destroy());
  (isGzip ? body.pipe(createGzip()) : body).pipe(response);
}

/** A JSON object of mostly nothing. */
function* spaces(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  yield Buffer.from('{');
  for (let left = bytes - 2; left > 0; left -= chunk.length)
    yield chunk.subarray(0, Math.min(left, chunk.length));
  yield Buffer.from('}');
}

/** A field whose value is lists in lists. */
export const deepAnswer = (levels = LEVELS): Answer => ({
  status: 200,
  contentType: 'application/x-amz-json-1.1',
  body: `{"KeyId":${'['.repeat(levels)}${']'.repeat(levels)}}`,
});

/** A page with nothing on it that leads to another one, always by a new marker. */
export function endlessAnswer(service: Service, operation: string, requestId: string): Answer {
  const marker = randomUUID();
  const next = service === 'kms' ? { Truncated: true, NextMarker: marker } : { NextToken: marker };
  const lists = {
    Keys: [],
    Aliases: [],
    Tags: [],
    Rotations: [],
    Accounts: [],
    OrganizationalUnits: [],
    Regions: [],
  };
  return successOf(service, operation, { ...lists, ...next }, requestId);
}
