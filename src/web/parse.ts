import type { Context } from 'hono';
import * as z from 'zod';
import { parseJson as parseText } from '../model/parse-json.ts';
import { WebError } from './error.ts';

/** Parses the JSON body of a request. @throws WebError `bad-request` with what is wrong */
export async function parseBody<T>(schema: z.ZodType<T>, context: Context): Promise<T> {
  let given: unknown;
  try {
    given = parseText(await context.req.text());
  } catch {
    throw badRequest('The body is not JSON.');
  }
  return parse(schema, given);
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
