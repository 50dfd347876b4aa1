import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Finding } from '../model/finding.ts';
import type { PlanHeader } from '../model/plan.ts';

type Findings = Iterable<Finding> | AsyncIterable<Finding>;

/**
 * Writes a plan as JSON Lines: the header, then one RFC 8785 line a finding, in the order of ARNs. Two assessments of
 * an unchanged world write the same bytes.
 *
 * @param findings in ascending order of `keyArn` (by code unit)
 * @returns lines, each with its newline
 * @throws RangeError where the order is broken: a digest over another order would not be the plan's
 */
export async function* planLines(header: PlanHeader, findings: Findings): AsyncGenerator<string> {
  yield headerLine(header);
  let previous = '';
  for await (const finding of findings) {
    if (finding.keyArn <= previous) throw new RangeError(`findings out of order at ${finding.keyArn}`);
    previous = finding.keyArn;
    yield findingLine(finding);
  }
}

/** SHA-256 in hexadecimal over the bytes of `planLines`: what `sha256sum plan.jsonl` prints. */
export async function planDigest(header: PlanHeader, findings: Findings): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of planLines(header, findings)) hash.update(line);
  return hash.digest('hex');
}

/** The same for a reader that takes findings one by one, in the order of ARNs. */
export class PlanDigest {
  readonly #hash = createHash('sha256');

  constructor(header: PlanHeader) {
    this.#hash.update(headerLine(header));
  }

  add(finding: Finding): void {
    this.#hash.update(findingLine(finding));
  }

  read(): string {
    return this.#hash.digest('hex');
  }
}

const headerLine = (header: PlanHeader): string => `${canonicalize(header)}\n`;
const findingLine = (finding: Finding): string => `${canonicalize(stableFinding(finding))}\n`;

/**
 * What an approver is shown of a key, without what changes by itself: times of reading, NextRotationDate, AWS's
 * wording and request ids, when the key was last used and whether that could be read, and Keyturn's own sentences, which
 * follow from `reason` and belong to its version.
 */
function stableFinding(finding: Finding): Record<string, unknown> {
  const { readAt, NextRotationDate, lastUsage, explanation, advice, gaps, ...stable } = finding;
  const lasting = gaps.filter(({ operation }) => operation !== 'GetKeyLastUsage');
  return { ...stable, gaps: lasting.map(({ operation, kind, code }) => ({ operation, kind, code })) };
}
