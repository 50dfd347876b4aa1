import { readDecisionsCsv } from './decisions-csv.ts';
import { readDecisionsJson } from './decisions-json.ts';
import type { DecisionsFile } from './request.ts';

/** Reads a decisions file, JSON or CSV by what it begins with. */
export function readDecisionsFile(source: string): DecisionsFile {
  return /^\uFEFF?\s*[[{]/.test(source) ? readDecisionsJson(source) : readDecisionsCsv(source);
}
