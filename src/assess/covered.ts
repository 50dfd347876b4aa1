import type { Finding } from '../model/finding.ts';
import { parseKeyArn } from '../model/place.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import type { Conclusion } from './eligibility.ts';
import { explainFinding } from './explain.ts';

/*
 * What a plan's digest covers, and what follows from that. Whoever hands over a plan file can have written the rest: the
 * price, the times, the last use, the sentences.
 */

/** @param at ISO 8601, in the place of every time of the rollout */
export function coveredRollout(rollout: AssessedRollout, at: string): AssessedRollout {
  const { id, RotationPeriodInDays, planDigest } = rollout;
  const { lastUsage: _, ...scope } = rollout.scope;
  const none = { callerArn: '', keyturnVersion: '' };
  return { ...none, id, createdAt: at, assessedAt: at, scope, RotationPeriodInDays, planDigest };
}

/** @throws Error if the finding names another key than its ARN, or has no reason where one is needed */
export function coveredFinding(finding: Finding): Finding {
  requireOwnNames(finding);
  const { readAt, NextRotationDate, lastUsage, explanation, advice, gaps, ...stable } = finding;
  const covered = {
    ...stable,
    gaps: gaps
      .filter(({ operation }) => operation !== 'GetKeyLastUsage')
      .map(({ operation, kind, code }) => ({ operation, kind, code, message: '' })),
  };
  return { ...covered, ...explainFinding(conclusionOf(finding), covered), readAt: {} };
}

/** What is shown is these; what is signed is the ARN. */
function requireOwnNames({ keyArn, keyId, account, region }: Finding): void {
  const named = parseKeyArn(keyArn);
  if (!named) throw new Error(`${keyArn} is not the ARN of a KMS key`);
  for (const [name, own] of Object.entries({ keyId, account, region })) {
    if (named[name as 'keyId'] !== own) throw new Error(`the ${name} is not that of ${keyArn}`);
  }
}

function conclusionOf({ kind, reason }: Finding): Conclusion {
  if ((kind === 'ineligible' || kind === 'unknown') && reason === undefined)
    throw new Error('it has no reason');
  return { kind, reason } as Conclusion;
}
