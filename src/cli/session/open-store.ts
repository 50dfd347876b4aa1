import type { Store } from '../../workflow/ports.ts';

/** `read`: for a command that only reads, so that the store may be one that cannot be written. */
export type StoreAccess = 'make' | 'find' | 'read';

/** Opens the store of a directory. @throws KeyturnError `input-store` or `store-failed` */
export async function openSessionStore(directory: string, how: StoreAccess): Promise<Store> {
  const { makeStoreDirectory, findStoreDirectory } = await import('../../files/store-directory.ts');
  const { openStore, openStoreToRead } = await import('../../store/open.ts');
  if (how === 'read') {
    const { filesOfStore } = await import('../../files/store-copy.ts');
    return openStoreToRead(filesOfStore(findStoreDirectory(directory)));
  }
  return openStore(how === 'make' ? makeStoreDirectory(directory) : findStoreDirectory(directory));
}
