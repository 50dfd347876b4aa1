import type { Context } from 'hono';
import * as z from 'zod';
import { parseJson as parseText } from '../model/parse-json.ts';
import { WebError } from './error.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/** Parses the JSON body of a request. @throws WebError `bad-request` with what is wrong, `too-large` */
export async function parseBody<T>(schema: z.ZodType<T>, context: Context): Promise<T> {
  const text = await readBody(context.req.raw.body);
  let given: unknown;
  try {
    given = parseText(text);
  } catch {
    throw badRequest('The body is not JSON.');
  }
  return parse(schema, given);
}

/** Reads a body, however it is sent. Its length is counted: what a header says of it is not believed. */
async function readBody(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) break;
      text += decoder.decode(chunk, { stream: true });
    }
    if (bytes <= MAX_BODY_BYTES) return text + decoder.decode();
  } catch {
    throw badRequest('The body could not be read.');
  }
  throw new WebError('too-large', 'The request is too large.', 'Ask for less at once.');
}

export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw badRequest(z.prettifyError(parsed.error));
}

/** A parameter of the address that carries JSON. */
export function parseJson(name: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseText(text);
  } catch {
    throw badRequest(`The parameter ${name} is not JSON.`);
  }
}

const badRequest = (message: string): WebError =>
  new WebError('bad-request', message, 'See docs/review.md for what there is to ask.');
