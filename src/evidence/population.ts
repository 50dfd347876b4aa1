import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Finding, finding } from '../model/finding.ts';
import { nameOfPlace, type Place } from '../model/place.ts';
import { EvidenceError } from './error.ts';
import { parseJsonLine, parseWhole, requireOneReading, saidBy } from './json-line.ts';

export const FINDINGS_FILE = 'findings.jsonl';

/** What the findings come to, without holding them. */
export interface Population {
  /** SHA-256 of `findings.jsonl`. */
  readonly digest: string;
  /** Key ARNs. */
  readonly candidates: ReadonlySet<string>;
  /** Those that have a finding. */
  readonly places: readonly Place[];
}

/** Reads all findings once. @throws EvidenceError `evidence-findings` where a line is none, or out of order */
export async function readPopulation(lines: AsyncIterable<string>): Promise<Population> {
  const counted = new PopulationCount();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    counted.add(parseFinding(line, `${FINDINGS_FILE} line ${number}`), line);
  }
  return counted.read();
}

/** Counts findings one by one. */
export class PopulationCount {
  readonly #hash = createHash('sha256');
  readonly #candidates = new Set<string>();
  readonly #places = new Map<string, Place>();
  #previous = '';

  /**
   * @param line the finding in `findings.jsonl`, without its newline
   * @throws EvidenceError `evidence-findings` if it does not follow the one before in the order of ARNs
   */
  add({ keyArn, kind, account, region }: Finding, line: string): void {
    if (keyArn <= this.#previous) {
      throw new EvidenceError('evidence-findings', FINDINGS_FILE, `${keyArn} is out of order.`);
    }
    this.#previous = keyArn;
    this.#hash.update(line).update('\n');
    if (kind === 'candidate') this.#candidates.add(keyArn);
    const place = { account, region };
    this.#places.set(nameOfPlace(place), place);
  }

  read(): Population {
    const places = [...this.#places.values()];
    return { digest: this.#hash.digest('hex'), candidates: this.#candidates, places };
  }
}

/** The findings of a bundle, in their order. @throws EvidenceError `evidence-findings` */
export async function* readFindings(lines: AsyncIterable<string>): AsyncGenerator<Finding> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    yield parseFinding(line, `${FINDINGS_FILE} line ${number}`);
  }
}

/** @throws EvidenceError `evidence-findings` */
export function parseFinding(line: string, where: string): Finding {
  try {
    const { reason, ...rest } = z.looseObject({}).parse(parseJsonLine(line));
    return parseWhole(finding, reason === null ? rest : { ...rest, reason });
  } catch (cause) {
    throw new EvidenceError('evidence-findings', where, `It is no finding: ${saidBy(cause)}`);
  }
}

/**
 * Requires of a finding that was read by the schema what `parseFinding` requires of its line.
 * @param line of `findings.jsonl`, without its newline
 * @throws EvidenceError `evidence-findings`
 */
export function requireFinding(finding: Finding, line: string): void {
  try {
    requireOneReading(finding, line);
  } catch (cause) {
    throw new EvidenceError('evidence-findings', FINDINGS_FILE, `${finding.keyArn}: ${saidBy(cause)}`);
  }
}
