import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { HttpRequest, RequestSigner } from '@smithy/types';
import type { ClientSettings } from './client-settings.ts';

/** An answer of KMS as it came: AWS's names, dates in epoch seconds. */
export type RawAnswer = Readonly<Record<string, unknown>> & {
  readonly $metadata: { readonly requestId?: string; readonly httpStatusCode: number };
};

/** Makes one call of a reading operation. Throws errors of the shape that the SDK's have. */
export type Reader = (operation: string, input: object) => Promise<RawAnswer>;

type Handler = ClientSettings['requestHandler'];

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
 * Reads for bulk: the SDK's endpoint, credentials, signer and connections, with the JSON written and parsed here. What
 * the SDK does around that costs more than all the rest (docs/performance.md), which shows over a hundred thousand
 * keys. Changes never go this way. Held against the SDK's client by a contract test.
 */
export function openReader(client: KMSClient, handler: Handler, userAgent: string): Reader {
  let prepared: Promise<{ target: URL; signer: RequestSigner }> | undefined;
  let clockOffset = 0;
  const prepare = async () => {
    const { url } = await getEndpointFromInstructions({}, DescribeKeyCommand, client.config);
    return { target: new URL(url), signer: await client.config.signer() };
  };
  return async (operation, input) => {
    prepared ??= prepare();
    const { target, signer } = await prepared;
    const request = requestOf(target, operation, JSON.stringify(input), userAgent);
    for (let corrected = false; ; corrected = true) {
      const signingDate = new Date(Date.now() + clockOffset);
      const { response } = await handler.handle(await signer.sign(request, { signingDate }));
      const { statusCode, headers } = response;
      const $metadata = { httpStatusCode: statusCode, ...requestIdOf(headers) };
      const answer = parseBody(response.body, $metadata);
      if (statusCode < 300) return { ...answer, $metadata };
      const error = errorOf(answer, headers, $metadata);
      const skew = Date.parse(headers['date'] ?? '') - Date.now();
      const isClock = CLOCK_ERRORS.has(error.name) && Math.abs(skew - clockOffset) > TOLERATED_SKEW;
      if (corrected || !isClock) throw error;
      clockOffset = skew;
    }
  };
}

function requestIdOf(headers: Record<string, string>): { requestId?: string } {
  const requestId = headers['x-amzn-requestid'];
  return requestId === undefined ? {} : { requestId };
}

function requestOf(
  { protocol, hostname, port, pathname, host }: URL,
  operation: string,
  body: string,
  userAgent: string,
) {
  return {
    method: 'POST',
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname,
    query: {},
    headers: {
      host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${operation}`,
      'user-agent': userAgent,
    },
    body,
  } satisfies HttpRequest;
}

function parseBody(body: unknown, $metadata: RawAnswer['$metadata']): Record<string, unknown> {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw Object.assign(new SyntaxError('the body is no JSON', { cause }), { $metadata });
  }
  throw Object.assign(new SyntaxError('the body is no JSON object'), { $metadata });
}

/** The code stands in a header or in `__type`, with a namespace before `#` or a URL after `:`. */
function errorOf(
  answer: Record<string, unknown>,
  headers: Record<string, string>,
  $metadata: RawAnswer['$metadata'],
) {
  const said = headers['x-amzn-errortype'] ?? answer['__type'] ?? answer['code'];
  const name = typeof said === 'string' ? said.split(':')[0]?.split('#').at(-1) : undefined;
  const message = answer['message'] ?? answer['Message'];
  return Object.assign(new Error(typeof message === 'string' ? message : ''), {
    name: name ?? 'UnknownError',
    $metadata,
  });
}
