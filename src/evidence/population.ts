import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Finding, finding } from '../model/finding.ts';
import { EvidenceError } from './error.ts';

export const FINDINGS_FILE = 'findings.jsonl';

/** What the findings come to, without holding them. */
export interface Population {
  /** SHA-256 of `findings.jsonl`. */
  readonly digest: string;
  /** Key ARNs. */
  readonly candidates: ReadonlySet<string>;
  /** How many findings of each kind a place has: by account, Region and kind, with spaces between. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Reads all findings once. @throws EvidenceError `evidence-findings` where a line is none, or out of order */
export async function readPopulation(lines: AsyncIterable<string>): Promise<Population> {
  const hash = createHash('sha256');
  const candidates = new Set<string>();
  const counts = new Map<string, number>();
  let previous = '';
  async function* hashed() {
    for await (const line of lines) {
      hash.update(`${line}\n`);
      yield line;
    }
  }
  for await (const { keyArn, account, region, finding: kind } of readFindings(hashed())) {
    if (keyArn <= previous) {
      throw new EvidenceError('evidence-findings', FINDINGS_FILE, `${keyArn} is out of order.`);
    }
    previous = keyArn;
    if (kind === 'candidate') candidates.add(keyArn);
    const name = `${account} ${region} ${kind}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { digest: hash.digest('hex'), candidates, counts };
}

/** The findings of a bundle, in their order. @throws EvidenceError `evidence-findings` */
export async function* readFindings(lines: AsyncIterable<string>): AsyncGenerator<Finding> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    yield parseFinding(line, `${FINDINGS_FILE} line ${number}`);
  }
}

function parseFinding(line: string, where: string): Finding {
  try {
    const { reason, ...rest } = JSON.parse(line);
    return finding.parse(reason === null ? rest : { ...rest, reason });
  } catch (cause) {
    const said = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON';
    throw new EvidenceError('evidence-findings', where, `It is no finding: ${said}`);
  }
}
