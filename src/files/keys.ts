import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { KeyturnError } from '../messages/error.ts';
import { systemError } from '../messages/system-error.ts';

/** Bytes; a file of keys is far smaller. */
const LARGEST = 1024 * 1024;

/**
 * Makes an Ed25519 key pair: the private key in PKCS #8 PEM, encrypted where there is a passphrase, readable by its
 * owner alone; the public key beside it as `PATH.pub`. Overwrites nothing.
 * @throws KeyturnError `input-key` where a file is there already, `output-failed` where it cannot be written
 */
export function createKeyFiles(path: string, passphrase: string | undefined): KeyObject {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  for (const file of [path, `${path}.pub`]) {
    if (existsSync(file))
      throw badKey(`${file} is there already.`, 'Name another file, or move that one away.');
  }
  writeNew(path, privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }).toString(), 0o600);
  writeNew(`${path}.pub`, publicKey.export({ format: 'pem', type: 'spki' }).toString(), 0o644);
  // Whatever the umask: a public key is for others to read.
  chmodSync(`${path}.pub`, 0o644);
  return publicKey;
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    const file = openSync(path, 'wx', mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
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
      'Make one with keyturn keys create; where it has a passphrase, check that.',
      cause,
    );
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw badKey(`${path} is no Ed25519 key.`, 'Make one with: keyturn keys create FILE');
}

const PEM_BLOCK = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g;

/** Every public key of a PEM file. @throws KeyturnError `input-key` where there is none, or one is not Ed25519 */
export function readPublicKeys(path: string): KeyObject[] {
  const blocks = readPem(path).match(PEM_BLOCK) ?? [];
  if (blocks.length === 0)
    throw badKey(`${path} holds no public key in PEM.`, 'Name the .pub file of a key.');
  return blocks.map((block) => {
    try {
      const key = createPublicKey(block);
      if (key.asymmetricKeyType === 'ed25519') return key;
    } catch {
      // Said below, as for a key of another kind.
    }
    throw badKey(`${path} holds something that is no Ed25519 public key.`, 'Name the .pub file of a key.');
  });
}

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
