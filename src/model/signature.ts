import * as z from 'zod';
import { digest } from './digest.ts';

/** A signature with the key that checks it: whether that key is to be trusted is for the reader to say. */
export const signature = z.strictObject({
  /** SHA-256 of the public key's DER (SubjectPublicKeyInfo), in hexadecimal. */
  keyid: digest,
  /** The same DER in base64. */
  publicKey: z.base64(),
  /** Ed25519 over the DSSE pre-authentication encoding, in base64. */
  sig: z.base64(),
});
export type Signature = z.infer<typeof signature>;
