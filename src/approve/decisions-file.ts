import { readDecisionsCsv } from './decisions-csv.ts';
import { readDecisionsJson } from './decisions-json.ts';
import { isYaml, readDecisionsYaml } from './decisions-yaml.ts';
import type { DecisionsFile } from './request.ts';

/** Reads a decisions file, JSON, YAML or CSV by what it begins with. */
export function readDecisionsFile(source: string): DecisionsFile {
  if (/^\uFEFF?\s*[[{]/.test(source)) return readDecisionsJson(source);
  return isYaml(source) ? readDecisionsYaml(source) : readDecisionsCsv(source);
}
