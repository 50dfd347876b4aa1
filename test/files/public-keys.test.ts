import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTrustedKeys } from '../../src/cli/signing/trusted-keys.ts';
import { keyIdOfKey } from '../evidence/forge.ts';
import { APPROVER, MAKER } from '../evidence/story.ts';
import { temporaryDirectory } from '../support/journey.ts';

const pemOf = (body: Buffer, label = 'PUBLIC KEY'): string =>
  `-----BEGIN ${label}-----\n${body.toString('base64')}\n-----END ${label}-----\n`;
const [alice, maker] = [APPROVER, MAKER].map((key) =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }),
) as [Buffer, Buffer];
const SMALL_ORDER = Buffer.concat([alice.subarray(0, 12), Buffer.from([1]), Buffer.alloc(31)]);
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const x25519 = generateKeyPairSync('x25519');

function fileWith(text: string): string {
  const file = join(temporaryDirectory(), 'keys.pub');
  writeFileSync(file, text);
  return file;
}

const read = async (text: string) => readTrustedKeys({ trustApprover: [fileWith(text)] });

describe('a file of trusted public keys', () => {
  it.each([
    ['one key', pemOf(alice), [APPROVER]],
    [
      'several, with text between them',
      `alice:\n${pemOf(alice)}\nops:\n${pemOf(maker)}bye`,
      [APPROVER, MAKER],
    ],
    ['lines as Windows ends them', pemOf(alice).replaceAll('\n', '\r\n'), [APPROVER]],
    ['short lines', pemOf(alice).replace('MCow', 'MC\now'), [APPROVER]],
    ['the same key twice', pemOf(alice) + pemOf(alice), [APPROVER, APPROVER]],
  ])('with %s is read', async (_, text, keys) => {
    expect((await read(text)).map(({ keyid }) => keyid)).toEqual(keys.map(keyIdOfKey));
  });

  it.each([
    ['a byte after the key', pemOf(Buffer.concat([alice, Buffer.alloc(1)])), /other than Ed25519/],
    ['another key of small order', pemOf(SMALL_ORDER), /small order/],
    ['an RSA key', rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString(), /other than Ed25519/],
    [
      'an X25519 key',
      x25519.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      /other than Ed25519/,
    ],
    [
      'a private key beside it',
      pemOf(alice) + APPROVER.export({ format: 'pem', type: 'pkcs8' }),
      /other than/,
    ],
    ['a certificate beside it', pemOf(alice) + pemOf(maker, 'CERTIFICATE'), /other than Ed25519/],
    ['a key cut off', pemOf(alice) + pemOf(maker).slice(0, -5), /other than Ed25519/],
    ['a key commented out', pemOf(alice) + pemOf(maker).replaceAll(/^/gm, '# '), /other than Ed25519/],
    ['only a private key', APPROVER.export({ format: 'pem', type: 'pkcs8' }).toString(), /does not contain/],
    ['a raw key', alice.subarray(12).toString('base64'), /does not contain/],
    ['nothing', '', /does not contain/],
  ])('with %s is refused', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'input-key',
      message: expect.stringMatching(message),
    });
  });
});
