import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';
import { publicKeyText } from '../model/signature.ts';
import { isTaken } from './write-text.ts';

/** Bytes; a file of keys is far smaller. */
const LARGEST = 1024 * 1024;

/**
 * Makes an Ed25519 key pair: the private key in PKCS #8 PEM, encrypted where there is a passphrase, readable by its
 * owner alone; the public key beside it as `PATH.pub`. Overwrites nothing, and leaves both or neither.
 * @throws KeyturnError `input-key` where a file is there already, `output-failed` where it cannot be written
 */
export function createKeyFiles(path: string, passphrase: string | undefined): KeyObject {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  for (const file of [path, `${path}.pub`]) {
    if (isTaken(file)) throw badKey(`${file} is there already.`, 'Name another file, or move that one away.');
  }
  writeNew(path, privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }).toString(), 0o600);
  try {
    writeNew(`${path}.pub`, publicKey.export({ format: 'pem', type: 'spki' }).toString(), 0o644);
  } catch (cause) {
    rmSync(path, { force: true });
    throw cause;
  }
  return publicKey;
}

function writeNew(path: string, text: string, mode: number): void {
  let made = false;
  try {
    const file = openSync(path, 'wx', mode);
    made = true;
    try {
      // Whatever the umask: a public key is for others to read.
      fchmodSync(file, mode);
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (made) rmSync(path, { force: true });
    throw systemError('output-failed', `Could not write ${path}`, 'Name another file.', cause);
  }
}

/** Whether a private key needs a passphrase. @throws KeyturnError `input-key` */
export function isEncrypted(path: string): boolean {
  return readPem(path).includes('ENCRYPTED PRIVATE KEY');
}

/** @throws KeyturnError `input-key` where it is no Ed25519 private key, or the passphrase is not its own */
export function readPrivateKey(path: string, passphrase: string | undefined): KeyObject {
  const pem = readPem(path);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch (cause) {
    throw badKey(
      `${path} cannot be read as a private key.`,
      'Make one with keyturn signing-key create; where it has a passphrase, check that.',
      cause,
    );
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw badKey(
    `${path} holds a key of type ${key.asymmetricKeyType}. Keyturn signs with Ed25519 only.`,
    'Create a signing key with: keyturn signing-key create FILE',
  );
}

const PEM_BLOCK = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\s]+)^-----END PUBLIC KEY-----[ \t\r]*$/gm;
const ANY_PEM = /-----BEGIN /g;

/**
 * The public keys of a PEM file, each as the base64 of its DER. Text between the keys is ignored, but not anything else in
 * PEM: a key that is commented out, cut off or of another kind is never taken for none.
 * @throws KeyturnError `input-key` if there is no key, or something in PEM is not an Ed25519 public key in its one form
 */
export function readPublicKeys(path: string): string[] {
  const text = readPem(path);
  const bodies = [...text.matchAll(PEM_BLOCK)].map(([, body = '']) => body.replace(/\s/g, ''));
  const blocks = text.match(ANY_PEM)?.length ?? 0;
  if (bodies.length > 0 && bodies.length === blocks && bodies.every(isPublicKey)) return bodies;
  throw badKey(
    bodies.length === 0
      ? `${path} does not contain a public key in PEM.`
      : `${path} contains something other than Ed25519 public keys in PEM.`,
    'Use the .pub file that keyturn signing-key create wrote.',
  );
}

const isPublicKey = (text: string): boolean => publicKeyText.safeParse(text).success;

function readPem(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST) throw new Error('it is too large');
    return bytes.toString('utf8');
  } catch (cause) {
    throw systemError('input-key', `Could not read ${path}`, 'Name the file of a key.', cause);
  }
}

function badKey(message: string, fix: string, cause?: unknown): KeyturnError {
  return new KeyturnError('input-key', message, fix, { cause });
}
