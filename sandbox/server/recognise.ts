import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../error.ts';
import { type Input, isRecord } from '../kms/input.ts';

export type Service = 'kms' | 'sts' | 'account';

export interface WireRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is asked, told from X-Amz-Target (JSON), a form's Action (query) or the path (rest-json). */
export interface Asked {
  readonly service: Service;
  readonly operation: string;
  readonly input: () => Input;
}

const TARGET = 'TrentService.';

export function recognise({ path, headers, body }: WireRequest): Asked {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : target;
    return { service: 'kms', operation, input: () => jsonIn(body) };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body);
    return { service: 'sts', operation: form.get('Action') ?? '', input: () => Object.fromEntries(form) };
  }
  if (path === '/listRegions')
    return { service: 'account', operation: 'ListRegions', input: () => jsonIn(body) };
  return { service: 'kms', operation: '', input: () => ({}) };
}

function jsonIn(body: string): Input {
  try {
    const parsed: unknown = body === '' ? {} : JSON.parse(body);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Told apart from a good body below.
  }
  throw new AwsError('SerializationException', 'The request body is not a JSON object');
}

export interface Credential {
  readonly accessKey: string;
  readonly region: string;
}

const SCOPE = /Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/[a-z0-9-]+\/aws4_request/;

/** Who signs and for which Region; `undefined` for an unsigned request. The signature itself is not checked. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | undefined {
  const [, accessKey, region] = SCOPE.exec(headers.authorization ?? '') ?? [];
  return accessKey === undefined || region === undefined ? undefined : { accessKey, region };
}
