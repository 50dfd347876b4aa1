import * as z from 'zod';
import { decisionKind } from '../model/approval.ts';
import { text } from '../model/text.ts';
import type { Row } from './request.ts';

const item = z.object({
  keyArn: text,
  decision: decisionKind,
  reason: text.nullish(),
  planDigest: z.string().nullish(),
});

/** Reads one decision of a JSON or YAML file. @param digestOfAll the plan that the file as a whole names */
export function readItem(value: unknown, where: string, digestOfAll?: string): Row {
  const parsed = item.safeParse(value);
  if (!parsed.success) {
    const said = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`);
    return { problem: `${where}: ${said.join('; ')}` };
  }
  const { keyArn, decision, reason } = parsed.data;
  const planDigest = parsed.data.planDigest ?? digestOfAll;
  if (digestOfAll !== undefined && planDigest !== digestOfAll) {
    return { problem: `${where}: its planDigest is not the one that the file names` };
  }
  return { where, keyArn, decision, ...(reason && { reason }), ...(planDigest && { planDigest }) };
}
