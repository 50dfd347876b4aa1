import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** A request without a query; its headers by lower-case name, in the order of their names, with no blanks to trim. */
export interface Unsigned {
  readonly method: string;
  /** As `canonicalPath` gives it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256, in hexadecimal. */
  readonly bodyHash: string;
}

/** @returns the Authorization header, over all headers given, `x-amz-date` among them */
export type Sign = (
  request: Unsigned,
  credentials: Pick<AwsCredentialIdentity, 'accessKeyId' | 'secretAccessKey'>,
) => string;

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signature Version 4 for one Region and service, with its key kept for the day. The SDK's signer takes many times the
 * CPU (docs/decisions/0016-reads-are-signed-here.md). Held against it by a test.
 */
export function openSigner(region: string, service: string): Sign {
  let known: { day: string; secret: string; key: KeyObject } | undefined;
  function keyOf(day: string, secret: string): KeyObject {
    if (known?.day !== day || known.secret !== secret) {
      known = { day, secret, key: deriveKey(secret, day, region, service) };
    }
    return known.key;
  }
  return ({ method, path, headers, bodyHash }, { accessKeyId, secretAccessKey }) => {
    const time = headers['x-amz-date'] ?? '';
    const day = time.slice(0, 8);
    const names = Object.keys(headers).join(';');
    let canonical = `${method}\n${path}\n\n`;
    for (const name in headers) canonical += `${name}:${headers[name]}\n`;
    canonical += `\n${names}\n${bodyHash}`;
    const scope = `${day}/${region}/${service}/aws4_request`;
    const signature = createHmac('sha256', keyOf(day, secretAccessKey))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${hash('sha256', canonical)}`)
      .digest('hex');
    return `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  };
}

/** As a KeyObject: given bytes, Node takes six times as long for each HMAC. */
function deriveKey(secret: string, ...parts: readonly string[]): KeyObject {
  const begin = createSecretKey(Buffer.from(`AWS4${secret}`));
  return [...parts, 'aws4_request'].reduce(
    (key, part) => createSecretKey(createHmac('sha256', key).update(part).digest()),
    begin,
  );
}

/** `20261123T101500Z` */
export function signingTime(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** The path as it is signed: escaped once more than it is sent, without empty segments. */
export function canonicalPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const slash = segments.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${segments.map(escapeSegment).join('/')}${slash}`;
}

const escapeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
