import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../error.ts';
import { type Input, isRecord } from '../kms/input.ts';

export type Service = 'kms' | 'sts' | 'account' | 'organizations' | 'ec2';

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

const TARGETS: readonly (readonly [prefix: string, service: Service])[] = [
  ['TrentService.', 'kms'],
  ['AWSOrganizationsV20161128.', 'organizations'],
];
const EC2_VERSION = '2016-11-15';

export function recognise({ path, headers, body }: WireRequest): Asked {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix, service] = TARGETS.find(([known]) => target.startsWith(known)) ?? ['', 'kms' as const];
    return { service, operation: target.slice(prefix.length), input: () => jsonIn(body) };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(body);
    const service = form.get('Version') === EC2_VERSION ? 'ec2' : 'sts';
    return { service, operation: form.get('Action') ?? '', input: () => Object.fromEntries(form) };
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
