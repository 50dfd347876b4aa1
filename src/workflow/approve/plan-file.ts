import * as z from 'zod';
import { coveredFinding, coveredRollout } from '../../assess/covered.ts';
import { planDigest } from '../../assess/plan.ts';
import { EvidenceError } from '../../evidence/error.ts';
import { parseJsonLine, parseWhole, saidBy } from '../../evidence/json-line.ts';
import { readLines } from '../../evidence/lines.ts';
import { parseFinding } from '../../evidence/population.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Finding } from '../../model/finding.ts';
import { jsonText } from '../../model/json-text.ts';
import { type AssessedRollout, type Rollout, rollout as rolloutSchema } from '../../model/rollout.ts';
import { recordLines } from '../../report/lines.ts';
import type { Store } from '../ports.ts';
import { checkPlan, isAssessed } from '../rollout/choose-rollout.ts';
import { planHeaderOf } from '../rollout/plan-header.ts';

/*
 * A plan to be carried to an approver who has neither the store nor access to AWS: JSON Lines, the rollout first, then
 * each finding with all that is shown of it. It is read by a person's Keyturn from whoever sent it: nothing in it is
 * believed before its digest has been made again.
 */

const header = z.strictObject({ schema: z.literal('keyturn/plan-file/v1'), rollout: rolloutSchema });

/** Characters of a line: a finding has some 2,000. */
const LONGEST_LINE = 4_000_000;
const BATCH = 500;
const MOST_PROBLEMS = 100;

/** @throws KeyturnError `refused-stale-plan` if the store does not hold the plan that was assessed */
export async function* planFile(store: Store, rollout: AssessedRollout): AsyncGenerator<string> {
  await checkPlan(store, rollout);
  yield `${jsonText({ schema: 'keyturn/plan-file/v1', rollout })}\n`;
  yield* recordLines(store.findings(rollout.id));
}

/**
 * Loads a plan file, without what its digest does not cover: an approver is shown nothing else.
 * @param store an empty one
 * @param at the approver's own time, which the age of keys is told by
 * @throws KeyturnError `input-plan` with every problem and its line
 */
export async function loadPlan(
  store: Store,
  chunks: AsyncIterable<Uint8Array>,
  at: Date,
): Promise<AssessedRollout> {
  const problems: string[] = [];
  let rollout: AssessedRollout | undefined;
  try {
    for await (const batch of readBatches(chunks, problems)) {
      if (batch.kind === 'rollout') {
        rollout = coveredRollout(batch.rollout, at.toISOString());
        await store.createRollout(rollout, []);
      } else if (rollout) await store.recordFindings(rollout.id, batch.findings);
    }
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    problems.push(cause.message);
  }
  if (problems.length > 0 || !rollout) throw noPlan(problems);
  const digest = await planDigest(planHeaderOf(rollout), store.findings(rollout.id));
  if (digest === rollout.planDigest) return rollout;
  throw noPlan([`its findings have the digest ${digest}, and it says ${rollout.planDigest}: it was changed`]);
}

type Batch =
  | { readonly kind: 'rollout'; readonly rollout: AssessedRollout }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] };

/** Goes on past what is wrong, so that all of it is named, but not past a first line that is none. */
async function* readBatches(chunks: AsyncIterable<Uint8Array>, problems: string[]): AsyncGenerator<Batch> {
  let number = 0;
  let previous = '';
  let findings: Finding[] = [];
  for await (const line of readLines('the plan', 'evidence-plan', chunks, LONGEST_LINE)) {
    number += 1;
    try {
      if (number === 1) {
        yield { kind: 'rollout', rollout: parseHeader(line) };
        continue;
      }
      const finding = parseFinding(line, `line ${number}`);
      if (finding.keyArn <= previous) throw new Error(`${finding.keyArn} is out of order`);
      previous = finding.keyArn;
      findings.push(coveredFinding(finding));
    } catch (cause) {
      problems.push(`line ${number}: ${saidBy(cause)}`);
      if (number === 1 || problems.length >= MOST_PROBLEMS) return;
    }
    if (findings.length < BATCH) continue;
    yield { kind: 'findings', findings };
    findings = [];
  }
  yield { kind: 'findings', findings };
}

function parseHeader(line: string): AssessedRollout {
  const { rollout } = parseWhole(header, parseJsonLine(line));
  const known: Rollout = rollout;
  if (isAssessed(known)) return known;
  throw new Error('its assessment is not complete');
}

function noPlan(problems: readonly string[]): KeyturnError {
  return new KeyturnError(
    'input-plan',
    'This is no plan that keyturn plan export wrote; nothing was approved.',
    'Ask for it again from whoever sent it.',
    { problems: problems.length > 0 ? problems : ['it is empty'] },
  );
}
