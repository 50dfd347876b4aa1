import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { jsonText } from '../model/json-text.ts';
import { parseJson } from '../model/parse-json.ts';
import { type Signature, signature } from '../model/signature.ts';
import { isSoundPublicKey } from './public-key.ts';

/*
 * DSSE v1 envelopes (https://github.com/secure-systems-lab/dsse) round in-toto statements, signed with Ed25519. The
 * envelope carries the public key too: it lets a reader check that the signature is one, not whose it is.
 */

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

const envelope = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z.array(signature),
});

/** What is signed: `DSSEv1 LENGTH TYPE LENGTH PAYLOAD`, lengths in bytes. */
export function preAuthEncoding(type: string, payload: string): Buffer {
  const [typeBytes, payloadBytes] = [Buffer.from(type), Buffer.from(payload)];
  const head = `DSSEv1 ${typeBytes.length} ${type} ${payloadBytes.length} `;
  return Buffer.concat([Buffer.from(head), payloadBytes]);
}

/** @param key an Ed25519 private key */
export function signPayload(payload: string, key: KeyObject): Signature {
  const publicKey = derOf(createPublicKey(key));
  const sig = sign(null, preAuthEncoding(PAYLOAD_TYPE, payload), key).toString('base64');
  return { keyid: keyIdOf(publicKey), publicKey: publicKey.toString('base64'), sig };
}

/** Whether a signature is one over the payload, by the very key that it names, written in the one way that there is. */
export function isSignatureOf(payload: string, claimed: Signature): boolean {
  const parsed = signature.safeParse(claimed);
  if (!parsed.success) return false;
  const { keyid, publicKey, sig } = parsed.data;
  const der = Buffer.from(publicKey, 'base64');
  if (keyIdOf(der) !== keyid || !isSoundPublicKey(der)) return false;
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return verify(null, preAuthEncoding(PAYLOAD_TYPE, payload), key, Buffer.from(sig, 'base64'));
  } catch {
    return false;
  }
}

/** SHA-256 of a public key's DER, in hexadecimal. */
export const keyIdOf = (der: Buffer): string => createHash('sha256').update(der).digest('hex');

/** SubjectPublicKeyInfo. */
export const derOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

/** The envelope as a file's text. */
export function envelopeText(payload: string, signatures: readonly Signature[]): string {
  const encoded = Buffer.from(payload).toString('base64');
  return `${jsonText({ payloadType: PAYLOAD_TYPE, payload: encoded, signatures })}\n`;
}

/** @returns the payload and its signatures, of which there can be none; undefined where the text is not, to the byte, an envelope as written here */
export function parseEnvelope(text: string): { payload: string; signatures: Signature[] } | undefined {
  try {
    const parsed = envelope.safeParse(parseJson(text));
    if (!parsed.success) return undefined;
    const payload = Buffer.from(parsed.data.payload, 'base64').toString();
    return envelopeText(payload, parsed.data.signatures) === text
      ? { payload, signatures: parsed.data.signatures }
      : undefined;
  } catch {
    return undefined;
  }
}
