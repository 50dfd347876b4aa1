import * as z from 'zod';
import { configSchema } from './schema.ts';

/** The schema of `keyturn.yaml` for editors, as docs/keyturn.schema.json holds it. Draft 7 is what they all read. */
export function jsonSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'keyturn.yaml', ...schema }, null, 2)}\n`;
}
