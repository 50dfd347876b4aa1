import { hash } from 'node:crypto';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { requestIdOf } from './failure.ts';
import type { HttpAnswer, Post } from './http.ts';
import { canonicalPath, openSigner, signingTime } from './sign.ts';

/** An answer of KMS as it came: AWS's names, dates in epoch seconds. */
export type RawAnswer = Readonly<Record<string, unknown>> & {
  readonly $metadata: { readonly requestId?: string; readonly httpStatusCode: number };
};

/** Makes one call of a reading operation. Throws errors of the shape that the SDK's have. */
export type Reader = (operation: string, input: object) => Promise<RawAnswer>;

/** Where KMS is in a Region, by the SDK's rules and settings (FIPS, VPC endpoints, `AWS_ENDPOINT_URL`). */
export interface KmsEndpoint {
  readonly url: URL;
  readonly signingRegion: string;
}

export async function findKms({ config }: KMSClient): Promise<KmsEndpoint> {
  const { url } = await getEndpointFromInstructions({}, DescribeKeyCommand, config);
  return { url: new URL(url), signingRegion: await config.region() };
}

export interface ReaderSettings {
  /** Asked at the first call, so that what is wrong with the settings is that call's failure. */
  readonly endpoint: () => Promise<KmsEndpoint>;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly post: Post;
  readonly userAgent: string;
}

/**
 * Bytes that an answer may have: what AWS documents as the most for each field, each character escaped, and as much again.
 * A key policy has 32 KiB by AWS's quota, and 128 KiB by its API.
 */
const MAX_BYTES: Readonly<Record<string, number>> = {
  ListKeys: 1024 * 1024,
  ListAliases: 512 * 1024,
  ListKeyRotations: 1024 * 1024,
  ListResourceTags: 256 * 1024,
  GetKeyPolicy: 512 * 1024,
  DescribeKey: 128 * 1024,
};
const MAX_OTHER_BYTES = 64 * 1024;

/** AWS did not like the time in the signature. */
const CLOCK_ERRORS = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'AuthFailure',
]);
/** Milliseconds. AWS takes signatures of five minutes before and after. */
const TOLERATED_SKEW = 4 * 60_000;

/**
 * Reads for bulk: the SDK's endpoint and credentials, with the JSON written, signed and parsed here. What the SDK does
 * around that costs more than all the rest (docs/performance.md), which shows over a hundred thousand keys. Changes
 * never go this way. Held against the SDK's client by a contract test.
 */
export function openReader({ endpoint, credentials, post, userAgent }: ReaderSettings): Reader {
  let prepared: Promise<Send> | undefined;
  let clockOffset = 0;
  return async (operation, input) => {
    prepared ??= endpoint().then((found) => prepareSend(found, post, userAgent));
    const send = await prepared;
    const body = JSON.stringify(input);
    for (let corrected = false; ; corrected = true) {
      // Of this call, since others at the same time may correct the clock too.
      const offset = clockOffset;
      const date = new Date(Date.now() + offset);
      const { status, headers, text } = await send(operation, body, await credentials(), date);
      const $metadata = {
        httpStatusCode: status,
        ...requestIdOf({ requestId: headers['x-amzn-requestid'] }),
      };
      const answer = parseBody(text, $metadata);
      if (status < 300) return Object.assign(answer, { $metadata });
      const error = errorOf(answer, headers, $metadata);
      const skew = Date.parse(single(headers, 'date') ?? '') - Date.now();
      const isClock = CLOCK_ERRORS.has(error.name) && Math.abs(skew - offset) > TOLERATED_SKEW;
      if (corrected || !isClock) throw error;
      clockOffset = skew;
    }
  };
}

/** A header that came twice is none of those that are read here. */
function single(headers: HttpAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

type Send = (
  operation: string,
  body: string,
  credentials: AwsCredentialIdentity,
  date: Date,
) => Promise<HttpAnswer>;

function prepareSend({ url, signingRegion }: KmsEndpoint, post: Post, userAgent: string): Send {
  const { origin, host, pathname } = url;
  const sign = openSigner(signingRegion, 'kms');
  const signedPath = canonicalPath(pathname);
  return (operation, body, credentials, date) => {
    const bodyHash = hash('sha256', body);
    const signed = {
      'content-type': 'application/x-amz-json-1.1',
      host,
      'x-amz-content-sha256': bodyHash,
      'x-amz-date': signingTime(date),
      ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
      'x-amz-target': `TrentService.${operation}`,
    };
    const authorization = sign({ method: 'POST', path: signedPath, headers: signed, bodyHash }, credentials);
    const headers = { ...signed, authorization, 'user-agent': userAgent };
    const maxBytes = MAX_BYTES[operation] ?? MAX_OTHER_BYTES;
    return post({ origin, path: pathname, headers, body, maxBytes });
  };
}

function parseBody(text: string, $metadata: RawAnswer['$metadata']): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(
      text === '' ? '{}' : text,
      text.includes('null') ? nullIsAbsent : undefined,
    );
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw Object.assign(new SyntaxError('the body is no JSON', { cause }), { $metadata });
  }
  throw Object.assign(new SyntaxError('the body is no JSON object'), { $metadata });
}

/** The SDK takes a field that is null for one that is not there. */
const nullIsAbsent = (_: string, value: unknown): unknown => value ?? undefined;

/** The code stands in a header or in `__type`, with a namespace before `#` or a URL after `:`. */
function errorOf(
  answer: Record<string, unknown>,
  headers: HttpAnswer['headers'],
  $metadata: RawAnswer['$metadata'],
) {
  const said = single(headers, 'x-amzn-errortype') ?? answer['__type'] ?? answer['code'];
  const name = typeof said === 'string' ? said.split(':')[0]?.split('#').at(-1) : undefined;
  const message = answer['message'] ?? answer['Message'];
  return Object.assign(new Error(typeof message === 'string' ? message : ''), {
    name: name ?? 'UnknownError',
    $metadata,
  });
}
