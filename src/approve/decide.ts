import type { Decision } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { DecisionRequest } from './request.ts';
import { contradiction } from './said.ts';

export interface PlanForApproval {
  readonly digest: string;
  /** Days. */
  readonly RotationPeriodInDays: number;
  /** The findings of the keys that are asked about, by ARN. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** Whether a finding is among those that the person asked to see. */
  readonly isShown: (finding: Finding) => boolean;
}

export type Decided =
  | { readonly kind: 'decided'; readonly decisions: readonly Decision[] }
  | { readonly kind: 'refused'; readonly foreignPlan: boolean; readonly problems: readonly string[] };

/**
 * Turns what was asked for into decisions over one plan, or refuses the whole with every problem named: nobody should
 * have to guess which half of a file has taken effect. A key that is not named is not decided.
 */
export function decideOn(
  plan: PlanForApproval,
  requests: readonly DecisionRequest[],
  fallbackReason?: string,
): Decided {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  const decisions: Decision[] = [];
  let foreignPlan = false;
  for (const request of requests) {
    const { keyArn, location } = request;
    const isForeign = request.planDigest !== undefined && request.planDigest !== plan.digest;
    foreignPlan ||= isForeign;
    const finding = plan.findings.get(keyArn);
    const problem = isForeign
      ? `was decided on another plan (${request.planDigest})`
      : (duplicate(seen, request) ?? notACandidate(finding, plan) ?? contradicted(finding, request, plan));
    seen.set(keyArn, location);
    if (problem !== undefined) problems.push(`${location}: ${keyArn}: ${problem}`);
    else if (finding) decisions.push(toDecision(finding, request, plan, fallbackReason));
  }
  return problems.length > 0 ? { kind: 'refused', foreignPlan, problems } : { kind: 'decided', decisions };
}

function duplicate(seen: ReadonlyMap<string, string>, { keyArn }: DecisionRequest): string | undefined {
  const location = seen.get(keyArn);
  return location === undefined ? undefined : `is named twice (first at ${location})`;
}

function contradicted(
  finding: Finding | undefined,
  { said }: DecisionRequest,
  { RotationPeriodInDays }: PlanForApproval,
): string | undefined {
  return finding && said && contradiction(said, finding, RotationPeriodInDays);
}

function notACandidate(finding: Finding | undefined, { isShown }: PlanForApproval): string | undefined {
  if (!finding) return 'is not in this plan';
  if (finding.kind === 'candidate') return isShown(finding) ? undefined : 'is left out by --filter';
  return `is not a candidate: ${finding.kind}${finding.reason ? `, ${finding.reason}` : ''}`;
}

function toDecision(
  { keyArn, keyId, account, region }: Finding,
  { choice, reason }: DecisionRequest,
  { RotationPeriodInDays }: PlanForApproval,
  fallbackReason: string | undefined,
): Decision {
  const why = reason ?? fallbackReason;
  return {
    keyArn,
    keyId,
    account,
    region,
    choice,
    RotationPeriodInDays,
    ...(why !== undefined && { reason: why }),
  };
}
