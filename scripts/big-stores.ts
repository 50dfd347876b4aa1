import { makeStoreDirectory } from '../src/files/store-directory.ts';
import { openStore } from '../src/store/open.ts';
import { storeAssessment } from '../test/support/big-store.ts';
import { fillValidatedStore } from '../test/support/validated-store.ts';

/**
 * Makes two stores of 100,000 keys to measure on: `node scripts/big-stores.ts DIRECTORY`. In `DIRECTORY/assessed` the keys
 * are assessed, in `DIRECTORY/validated` all are approved, changed and validated.
 */
const KEYS = 100_000;
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Name a directory for the stores.');
const store = await openStore(makeStoreDirectory(`${directory}/assessed`));
await storeAssessment(store, KEYS);
await store.close();
await fillValidatedStore(`${directory}/validated`, { keys: KEYS, decisions: 1000 });
