/** Bytes of the SubjectPublicKeyInfo before the key itself (RFC 8410). */
const PREFIX_BYTES = 12;
const KEY_BYTES = 32;

/** The prime of the field (RFC 8032, 5.1). */
const PRIME = 2n ** 255n - 19n;

/** The y of a point of order 8. */
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** The y of every point whose order divides the cofactor 8: nobody holds a private key of such a point. */
const SMALL_ORDER_YS: ReadonlySet<bigint> = new Set([0n, 1n, PRIME - 1n, ORDER_8_Y, PRIME - ORDER_8_Y]);

/**
 * Whether the DER of an Ed25519 public key holds a key that one person can have, written in the one way that there is:
 * y is below the prime (RFC 8032, 5.1.3) and the point is not of small order. OpenSSL checks neither.
 */
export function isSoundPublicKey(der: Buffer): boolean {
  if (der.length !== PREFIX_BYTES + KEY_BYTES) return false;
  const encoded = BigInt(`0x${Buffer.from(der.subarray(PREFIX_BYTES)).reverse().toString('hex')}`);
  const y = BigInt.asUintN(255, encoded);
  return y < PRIME && !SMALL_ORDER_YS.has(y);
}
