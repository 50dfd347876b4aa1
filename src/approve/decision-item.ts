import * as z from 'zod';
import { decisionKind } from '../model/approval.ts';
import { text } from '../model/text.ts';
import type { Row } from './request.ts';
import { readSaid, type Said, withSaid } from './said.ts';

const item = z.object({
  keyArn: text,
  decision: decisionKind,
  reason: text.nullish(),
  planDigest: z.string().nullish(),
});

/** The fields of a decision, and those of the change proposed that a listed finding has. */
export function fieldsOf(value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value);
  const proposed = fields.flatMap(([name, each]) => (name === 'proposed' ? fieldsOf(each) : []));
  return [...fields, ...proposed];
}

/**
 * Reads one decision of a JSON or YAML file.
 * @param digestOfAll the plan that the file as a whole names
 * @param ofAll what it says of all keys
 */
export function readItem(value: unknown, location: string, digestOfAll?: string, ofAll?: Said): Row {
  const parsed = item.safeParse(value);
  if (!parsed.success) {
    const said = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`);
    return { problem: `${location}: ${said.join('; ')}` };
  }
  const { keyArn, decision, reason } = parsed.data;
  const planDigest = parsed.data.planDigest ?? digestOfAll;
  if (digestOfAll !== undefined && planDigest !== digestOfAll) {
    return { problem: `${location}: its planDigest is not the one that the file names` };
  }
  const said = withSaid({ ...ofAll, ...readSaid(fieldsOf(value)) });
  return {
    location,
    keyArn,
    choice: decision,
    ...said,
    ...(reason && { reason }),
    ...(planDigest && { planDigest }),
  };
}
