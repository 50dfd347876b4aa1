import { derOf, keyIdOf } from '../evidence/dsse.ts';

/** Ids of the public keys in some files. @throws KeyturnError `input-key` */
export async function trustedKeys(paths: readonly string[]): Promise<Set<string>> {
  const { readPublicKeys } = await import('../files/keys.ts');
  return new Set(paths.flatMap(readPublicKeys).map((key) => keyIdOf(derOf(key))));
}
