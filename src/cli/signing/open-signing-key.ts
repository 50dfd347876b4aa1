import type { KeyObject } from 'node:crypto';
import { KeyturnError } from '../../messages/error.ts';
import { shellWord } from '../../messages/shell-word.ts';
import { forTerminal } from '../../report/escape.ts';
import type { Terminal } from '../terminal.ts';

/** Where a script gives the passphrase of a signing key. */
export const PASSPHRASE_VARIABLE = 'KEYTURN_KEY_PASSPHRASE';

/**
 * Opens a private key for signing, asking for its passphrase where it has one.
 * @throws KeyturnError `input-key`
 */
export async function openSigningKey(
  path: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<KeyObject> {
  const { isEncrypted, readPrivateKey } = await import('../../files/signing-keys.ts');
  const { isShared } = await import('../../files/permissions.ts');
  if (isShared(path))
    terminal.err(
      `warning: other users can read the private key ${forTerminal(path)}. Run: chmod 600 ${shellWord(path)}\n`,
    );
  if (!isEncrypted(path)) return readPrivateKey(path, undefined);
  return readPrivateKey(
    path,
    process.env[PASSPHRASE_VARIABLE] ??
      (await askPassphrase(forTerminal(`Passphrase of ${path}`), terminal, signal)),
  );
}

/** Asks a person, without showing what is typed. @throws KeyturnError `input-key` where nobody can be asked, or nobody answers */
export async function askPassphrase(
  message: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<string> {
  if (terminal.interactive) {
    const { isCancel, password } = await import('@clack/prompts');
    const answer = await password({ message, output: process.stderr, ...(signal && { signal }) });
    signal?.throwIfAborted();
    if (!isCancel(answer) && answer !== undefined && answer !== '') return answer;
  }
  throw new KeyturnError(
    'input-key',
    'The key needs a passphrase.',
    `Type it on a terminal, or set ${PASSPHRASE_VARIABLE}.`,
  );
}
