import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonSchemaText } from '../src/cli/config/json-schema.ts';
import { docsPath, PAGES, withTables } from './settings-tables.ts';

/** Writes what docs/ has of the settings: the schema of keyturn.yaml, and the tables of options and keys. */
writeFileSync(fileURLToPath(docsPath('keyturn.schema.json')), jsonSchemaText());
for (const page of PAGES) writeFileSync(docsPath(page), withTables(readFileSync(docsPath(page), 'utf8')));
