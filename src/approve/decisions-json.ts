import * as z from 'zod';
import { parseJson } from '../model/parse-json.ts';
import { fieldsOf, readItem } from './decision-item.ts';
import { type ItemPlaces, locateItems } from './locate-items.ts';
import { type DecisionsFile, gatherRows, type Row } from './request.ts';
import { readSaid } from './said.ts';

const bundle = z.object({ planDigest: z.string().optional(), decisions: z.array(z.unknown()) });

/**
 * Reads decisions from JSON: an array, JSON Lines, or `{"planDigest", "decisions": […]}`, of
 * `{"keyArn", "decision", "reason"}`. A listed finding with a decision added will do: other fields are ignored, but for
 * those that may not contradict the plan.
 */
export function readDecisionsJson(source: string): DecisionsFile {
  const text = source.replace(/^\uFEFF/, '');
  const whole = tryParse(text);
  return gatherRows(whole.ok ? readDocument(whole.value, locateItems(text)) : readLines(text));
}

function* readLines(text: string): Generator<Row> {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== '') yield readLine(line, `line ${index + 1}`);
  }
}

function* readDocument(value: unknown, { twice, items }: ItemPlaces): Generator<Row> {
  const parsed = bundle.safeParse(value);
  const list = Array.isArray(value) ? value : parsed.data?.decisions;
  if (!list) {
    yield unlessTwice(twice, 'line 1', readItem(value, 'line 1'));
    return;
  }
  const ofAll = readSaid(Array.isArray(value) ? [] : fieldsOf(value));
  if (twice.length > 0) yield unlessTwice(twice, 'line 1', { problem: '' });
  for (const [index, each] of list.entries()) {
    const place = items[index] ?? { line: 1, twice: [] };
    const location = `line ${place.line}, item ${index + 1}`;
    yield unlessTwice(place.twice, location, readItem(each, location, parsed.data?.planDigest, ofAll));
  }
}

function readLine(line: string, location: string): Row {
  const parsed = tryParse(line);
  if (!parsed.ok) return { problem: `${location}: not JSON (${parsed.message})` };
  return unlessTwice(locateItems(line).twice, location, readItem(parsed.value, location));
}

/** A person who reads the file may see the one value, and this program the other. */
function unlessTwice(twice: readonly string[], location: string, row: Row): Row {
  return twice.length === 0 ? row : { problem: `${location}: ${twice.join(', ')} stands twice` };
}

function tryParse(source: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: parseJson(source) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
