import * as z from 'zod';
import { readItem } from './decision-item.ts';
import { type ItemPlaces, locateItems } from './locate-items.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';

const bundle = z.object({ planDigest: z.string().optional(), decisions: z.array(z.unknown()) });

/**
 * Reads decisions from JSON: an array, JSON Lines, or `{"planDigest", "decisions": […]}`, of
 * `{"keyArn", "decision", "reason"}`. Other fields are ignored, so a listed finding with a decision added will do.
 */
export function readDecisionsJson(source: string): DecisionsFile {
  const text = source.replace(/^\uFEFF/, '');
  const whole = parseJson(text);
  if (whole.ok) return readDocument(whole.value, locateItems(text));
  const lines = text.split(/\r?\n/).map((line, index) => ({ line, where: `line ${index + 1}` }));
  return gatherRows(
    lines.filter(({ line }) => line.trim() !== '').map(({ line, where }) => readLine(line, where)),
  );
}

function readDocument(value: unknown, { twice, items }: ItemPlaces): DecisionsFile {
  const parsed = bundle.safeParse(value);
  const list = Array.isArray(value) ? value : parsed.data?.decisions;
  if (!list) return gatherRows([unlessTwice(twice, 'line 1', readItem(value, 'line 1'))]);
  const rows = list.map((each, index): Row => {
    const place = items[index] ?? { line: 1, twice: [] };
    const where = `line ${place.line}, item ${index + 1}`;
    return unlessTwice(place.twice, where, readItem(each, where, parsed.data?.planDigest));
  });
  return gatherRows(twice.length > 0 ? [unlessTwice(twice, 'line 1', { problem: '' }), ...rows] : rows);
}

function readLine(line: string, where: string): Row {
  const parsed = parseJson(line);
  if (!parsed.ok) return { problem: `${where}: not JSON (${parsed.message})` };
  return unlessTwice(locateItems(line).twice, where, readItem(parsed.value, where));
}

/** A person who reads the file may see the one value, and this program the other. */
function unlessTwice(twice: readonly string[], where: string, row: Row): Row {
  return twice.length === 0 ? row : { problem: `${where}: ${twice.join(', ')} stands twice` };
}

function parseJson(source: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(source) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
