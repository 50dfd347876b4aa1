import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Finding, finding } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import { EvidenceError } from './error.ts';
import { parseJsonLine, parseWhole, saidBy } from './json-line.ts';

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
  const hash = createHash('sha256');
  const candidates = new Set<string>();
  const places = new Map<string, Place>();
  let previous = '';
  async function* hashed() {
    for await (const line of lines) {
      hash.update(`${line}\n`);
      yield line;
    }
  }
  for await (const { keyArn, finding: kind, account, region } of readFindings(hashed())) {
    if (keyArn <= previous) {
      throw new EvidenceError('evidence-findings', FINDINGS_FILE, `${keyArn} is out of order.`);
    }
    previous = keyArn;
    if (kind === 'candidate') candidates.add(keyArn);
    places.set(`${account} ${region}`, { account, region });
  }
  return { digest: hash.digest('hex'), candidates, places: [...places.values()] };
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
