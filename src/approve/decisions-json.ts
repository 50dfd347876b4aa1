import * as z from 'zod';
import { decisionKind } from '../model/approval.ts';
import { text } from '../model/text.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';

const item = z.object({
  keyArn: text,
  decision: decisionKind,
  reason: text.nullish(),
  planDigest: z.string().nullish(),
});
const bundle = z.object({ planDigest: z.string().optional(), decisions: z.array(z.unknown()) });

/**
 * Reads decisions from JSON: an array, JSON Lines, or `{"planDigest", "decisions": […]}`, of
 * `{"keyArn", "decision", "reason"}`. Other fields are ignored, so a listed finding with a decision added will do.
 */
export function readDecisionsJson(source: string): DecisionsFile {
  const whole = parseJson(source.replace(/^\uFEFF/, ''));
  if (whole.ok) return readDocument(whole.value);
  const lines = source.split(/\r?\n/).map((line, index) => ({ line, where: `line ${index + 1}` }));
  return gatherRows(
    lines.filter(({ line }) => line.trim() !== '').map(({ line, where }) => readLine(line, where)),
  );
}

function readDocument(value: unknown): DecisionsFile {
  if (Array.isArray(value))
    return gatherRows(value.map((each, index) => readItem(each, `item ${index + 1}`)));
  const parsed = bundle.safeParse(value);
  if (!parsed.success) return gatherRows([readItem(value, 'line 1')]);
  const { planDigest, decisions } = parsed.data;
  return gatherRows(
    decisions.map((each, index) => readItem(each, `decisions item ${index + 1}`, planDigest)),
  );
}

function readLine(line: string, where: string): Row {
  const parsed = parseJson(line);
  return parsed.ok ? readItem(parsed.value, where) : { problem: `${where}: not JSON (${parsed.message})` };
}

function readItem(value: unknown, where: string, digestOfAll?: string): Row {
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

function parseJson(source: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(source) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
