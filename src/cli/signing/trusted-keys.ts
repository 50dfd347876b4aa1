import { keyIdOf } from '../../evidence/dsse.ts';
import { isSoundPublicKey } from '../../evidence/public-key.ts';
import type { TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { SignedOptions } from '../settings/takes.ts';

/** Files of public keys by the role in which their signatures are accepted. */
export interface TrustOptions {
  /** Either role. */
  readonly trust?: readonly string[];
  readonly trustApprover?: readonly string[];
  readonly trustMaker?: readonly string[];
}

/** Every key that the options name, once for each file and role. @throws KeyturnError `input-key` */
export async function readTrustedKeys(options: TrustOptions): Promise<TrustedKey[]> {
  const { readPublicKeys } = await import('../../files/signing-keys.ts');
  const keysOf = (paths: readonly string[] = [], role: TrustedKey['role']) =>
    paths.flatMap((file) => readPublicKeys(file).map((text) => ({ keyid: keyIdIn(text, file), file, role })));
  return [
    ...keysOf(options.trust, 'either'),
    ...keysOf(options.trustApprover, 'approver'),
    ...keysOf(options.trustMaker, 'maker'),
  ];
}

/** The keys of approvers that the options or keyturn.yaml name. @throws KeyturnError `input-key` */
export const readApprovers = ({ trustApprover = [] }: SignedOptions): Promise<TrustedKey[]> =>
  readTrustedKeys({ trustApprover });

/** The keys of approvers, one of which has to have signed; undefined if no signature is required. @throws KeyturnError `input-key` */
export const readRequiredApprovers = async (options: SignedOptions): Promise<TrustedKey[] | undefined> =>
  options.requireSigned === true ? readApprovers(options) : undefined;

function keyIdIn(text: string, file: string): string {
  const der = Buffer.from(text, 'base64');
  if (isSoundPublicKey(der)) return keyIdOf(der);
  throw new KeyturnError(
    'input-key',
    `${file} contains an Ed25519 public key that is not canonical or of small order.`,
    'Use the .pub file that keyturn signing-key create wrote.',
  );
}
