import type { Config } from './parse.ts';

const CONFIG_FILE = 'keyturn.yaml';
/** Bytes. */
const LARGEST = 1024 * 1024;

/**
 * Reads the configuration: the file that is named, else `keyturn.yaml` of the working directory where there is one.
 * The parser is loaded only for a file: most runs have none.
 * @throws KeyturnError `input-file`, or `input-config` with every problem
 */
export async function readConfig(named: string | undefined): Promise<Config | undefined> {
  const { findTextFile, readTextFile } = await import('../../files/read-text.ts');
  const source = await (named === undefined
    ? findTextFile(CONFIG_FILE, LARGEST)
    : readTextFile(named, LARGEST));
  if (source === undefined) return undefined;
  const { parseConfig } = await import('./parse.ts');
  return parseConfig(source, named ?? CONFIG_FILE);
}
