import * as z from 'zod';
import { digest } from './digest.ts';

/**
 * An Ed25519 public key in base64: the 44 bytes of its SubjectPublicKeyInfo (RFC 8410) and nothing else. Readers of DER
 * accept more, and then one key would have several ids.
 */
export const publicKeyText = z
  .string()
  .regex(
    /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
    'is not an Ed25519 public key of 44 bytes',
  );

/** The 64 bytes of an Ed25519 signature in base64, which can be written in one way only. */
const signatureText = z
  .string()
  .regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/, 'is not an Ed25519 signature of 64 bytes');

/** A signature with the key that checks it: whether that key is to be trusted is for the reader to say. */
export const signature = z.strictObject({
  /** SHA-256 of the public key's DER (SubjectPublicKeyInfo), in hexadecimal. */
  keyid: digest,
  publicKey: publicKeyText,
  /** Ed25519 over the DSSE pre-authentication encoding. */
  sig: signatureText,
});
export type Signature = z.infer<typeof signature>;
