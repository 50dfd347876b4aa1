import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  envelopeText,
  isSignatureOf,
  keyIdOf,
  PAYLOAD_TYPE,
  parseEnvelope,
  preAuthEncoding,
  signPayload,
} from '../../src/evidence/dsse.ts';
import { isSoundPublicKey } from '../../src/evidence/public-key.ts';
import { withLargeS } from './attacks.ts';
import { APPROVER, STRANGER } from './story.ts';

const PAYLOAD = '{"a":"ü"}';

describe('DSSE', () => {
  it('encodes as its own test vector does', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', 'hello world').toString();
    expect(encoded).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(preAuthEncoding('t', 'ü').toString()).toBe('DSSEv1 1 t 2 ü');
  });

  it('signs the same payload the same each time', () => {
    expect(signPayload(PAYLOAD, APPROVER)).toEqual(signPayload(PAYLOAD, APPROVER));
  });
});

describe('a signature', () => {
  const signature = signPayload(PAYLOAD, APPROVER);
  const another = signPayload(PAYLOAD, STRANGER);

  it('holds over its own payload, by its own key', () => {
    expect(isSignatureOf(PAYLOAD, signature)).toBe(true);
    expect(isSignatureOf(`${PAYLOAD} `, signature)).toBe(false);
  });

  it.each([
    ['by another key', { ...signature, keyid: another.keyid, publicKey: another.publicKey }],
    ['under another key id', { ...signature, keyid: another.keyid }],
    ['with another public key', { ...signature, publicKey: another.publicKey }],
    ['of another', { ...signature, sig: another.sig }],
    ['that is empty', { ...signature, sig: '' }],
    ['spelled otherwise in base64', { ...signature, sig: respelled(signature.sig) }],
    ['whose key is none', { ...signature, publicKey: 'AAAA' }],
    ['under its key id in upper case', { ...signature, keyid: signature.keyid.toUpperCase() }],
    ['with S + L for S', { ...signature, sig: withLargeS(signature.sig) }],
    ['with a byte more', { ...signature, sig: more(signature.sig) }],
    ['whose key has a byte more', withKey(more(signature.publicKey))],
    ['whose key has a longer length', withKey(longLength(signature.publicKey))],
    ['whose key is raw', withKey(derIn(signature.publicKey).subarray(12).toString('base64'))],
    [
      'whose key is PEM',
      withKey(`-----BEGIN PUBLIC KEY-----\n${signature.publicKey}\n-----END PUBLIC KEY-----`),
    ],
    ['whose key is spelled otherwise in base64', withKey(respelled(signature.publicKey))],
    ['whose key has a line break', withKey(`${signature.publicKey}\n`)],
  ])('%s does not hold', (_, forged) => {
    expect(isSignatureOf(PAYLOAD, forged)).toBe(false);
  });

  it('by a key that is not Ed25519 does not hold', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(isSignatureOf(PAYLOAD, signedBy(privateKey))).toBe(false);
  });

  /** As signPayload would, were any key good. */
  function signedBy(key: KeyObject) {
    const { keyid, publicKey } = signPayload(PAYLOAD, APPROVER);
    return {
      keyid,
      publicKey,
      sig: sign('sha256', preAuthEncoding(PAYLOAD_TYPE, PAYLOAD), key).toString('base64'),
    };
  }
});

const derIn = (base64: string): Buffer => Buffer.from(base64, 'base64');
const more = (base64: string): string => Buffer.concat([derIn(base64), Buffer.alloc(1)]).toString('base64');

/** The same key with the length of the outer sequence in two bytes, as BER allows. */
const longLength = (publicKey: string): string =>
  Buffer.concat([Buffer.from('30812a', 'hex'), derIn(publicKey).subarray(2)]).toString('base64');

/** The approver's own signature under another spelling of the same key, whose id is made for it. */
function withKey(publicKey: string) {
  const { sig } = signPayload(PAYLOAD, APPROVER);
  return { keyid: keyIdOf(derIn(publicKey)), publicKey, sig };
}

describe('a public key', () => {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const withY = (y: bigint, sign = 0n): Buffer =>
    Buffer.concat([
      prefix,
      Buffer.from((y + (sign << 255n)).toString(16).padStart(64, '0'), 'hex').reverse(),
    ]);
  const prime = 2n ** 255n - 19n;
  const order8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;

  it('of a person is sound', () => {
    for (const key of [APPROVER, STRANGER]) {
      expect(isSoundPublicKey(derIn(signPayload(PAYLOAD, key).publicKey))).toBe(true);
    }
  });

  it.each([0n, 1n, prime - 1n, order8, prime - order8])('of small order is not sound (y = %s)', (y) => {
    expect(isSoundPublicKey(withY(y))).toBe(false);
    expect(isSoundPublicKey(withY(y, 1n))).toBe(false);
  });

  it('whose y is not below the prime is not sound', () => {
    for (let y = prime; y < 2n ** 255n; y += 1n) expect(isSoundPublicKey(withY(y))).toBe(false);
  });
});

/** The same bytes: the last character before the padding has bits that nobody reads. */
function respelled(base64: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const spelled = base64.replace(
    /(.)(=+)$/,
    (_, last, padding) => `${alphabet[alphabet.indexOf(last) + 1]}${padding}`,
  );
  expect(Buffer.from(spelled, 'base64')).toEqual(Buffer.from(base64, 'base64'));
  return spelled;
}

describe('an envelope', () => {
  const text = envelopeText(PAYLOAD, [signPayload(PAYLOAD, APPROVER)]);

  it('is read back as it was written', () => {
    expect(parseEnvelope(text)).toEqual({ payload: PAYLOAD, signatures: [signPayload(PAYLOAD, APPROVER)] });
  });

  it('can be without a signature: nobody signed then', () => {
    expect(parseEnvelope(envelopeText(PAYLOAD, []))).toEqual({ payload: PAYLOAD, signatures: [] });
  });

  it.each([
    ['not JSON', 'x'],
    ['not an object', 'null\n'],
    ['with white space', text.replace(',', ', ')],
    ['with a field more', text.replace('{', '{"more":1,')],
    ['of another type', text.replace('in-toto', 'out-toto')],
    ['without a list of signatures', text.replace(/"signatures":.*/, '"signatures":null}')],
    ['without its end', text.trimEnd()],
  ])('%s is none', (_, spoilt) => {
    expect(parseEnvelope(spoilt)).toBeUndefined();
  });
});
