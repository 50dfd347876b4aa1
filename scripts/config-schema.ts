import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonSchemaText } from '../src/cli/config/json-schema.ts';

/** Writes the schema of keyturn.yaml for editors; a test holds the file against the code. */
writeFileSync(fileURLToPath(new URL('../docs/keyturn.schema.json', import.meta.url)), jsonSchemaText());
