import { derOf, keyIdOf } from '../../evidence/dsse.ts';
import { KeyturnError } from '../../messages/error.ts';
import { forTerminal } from '../../report/escape.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { SigningKeyOptions } from '../settings/takes.ts';
import { printJson } from '../show/print.ts';
import { askPassphrase, PASSPHRASE_VARIABLE } from '../signing/open-signing-key.ts';
import { openTerminal, type Terminal } from '../terminal.ts';

/** `keyturn signing-key create FILE`: makes an Ed25519 key to sign approvals and evidence with. */
export async function runSigningKeyCreate(path: string, options: SigningKeyOptions): Promise<ExitCode> {
  const terminal = openTerminal(options);
  const passphrase = options.passphrase ? await newPassphrase(terminal) : undefined;
  const { createKeyFiles } = await import('../../files/signing-keys.ts');
  const keyid = keyIdOf(derOf(createKeyFiles(path, passphrase)));
  if (terminal.json) await printJson(terminal, { keyid, privateKey: path, publicKey: `${path}.pub` });
  else {
    const file = forTerminal(path);
    await terminal.out(
      `Key ${keyid}\n  private: ${file} (keep it to yourself)\n  public:  ${file}.pub (give it to whoever verifies)\n`,
    );
  }
  return EXIT.done;
}

async function newPassphrase(terminal: Terminal): Promise<string> {
  const given = process.env[PASSPHRASE_VARIABLE];
  if (given) return given;
  const first = await askPassphrase('Passphrase for the new key', terminal);
  if (first === (await askPassphrase('The same again', terminal))) return first;
  throw new KeyturnError('input-key', 'The passphrases differ; no key was made.', 'Try again.');
}
