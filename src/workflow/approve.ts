import type { KeyObject } from 'node:crypto';
import { decideOn } from '../approve/decide.ts';
import type { DecisionRequest } from '../approve/request.ts';
import { signPayload } from '../evidence/dsse.ts';
import { approvalStatement } from '../evidence/statement.ts';
import { KeyturnError } from '../messages/error.ts';
import type { Approval, DecisionKind, Submitter } from '../model/approval.ts';
import type { Finding } from '../model/finding.ts';
import type { AssessedRollout } from '../model/rollout.ts';
import { checkPlan } from './choose-rollout.ts';
import type { Clock, Store } from './ports.ts';
import { shownFindings, whereOf } from './shown.ts';

export interface ApproveHost {
  readonly store: Store;
  readonly clock: Clock;
  readonly newApprovalId: () => string;
}

export interface Submission {
  readonly requests: readonly DecisionRequest[];
  /** What is wrong with the file that the requests were read from. */
  readonly problems: readonly string[];
  readonly submittedBy: Submitter;
  readonly source: string;
  readonly reason?: string;
  /** The approver's Ed25519 private key, to sign the approval with. */
  readonly key?: KeyObject;
}

export type DecisionTotals = Readonly<Record<'approved' | 'declined' | 'deferred' | 'undecided', number>>;

/**
 * Records decisions over a rollout's plan, all of them or none.
 * @throws KeyturnError `refused-stale-plan`, `refused-foreign-plan` or `input-decisions` with every problem, or
 *   `refused-nothing-approved` where there is no decision at all
 */
export async function approve(
  { store, clock, newApprovalId }: ApproveHost,
  rollout: AssessedRollout,
  { requests, problems, submittedBy, source, reason, key }: Submission,
): Promise<DecisionTotals> {
  if (requests.length === 0 && problems.length === 0) throw nothingApproved('No key was chosen.');
  await checkPlan(store, rollout);
  const { planDigest, RotationPeriodInDays } = rollout;
  const findings = await findingsOf(store, rollout.id, requests);
  const isShown = await whereOf(rollout);
  const plan = { digest: planDigest, RotationPeriodInDays, findings, isShown };
  const decided = decideOn(plan, requests, reason);
  if (decided.kind === 'refused') {
    throw refusal(source, [...problems, ...decided.problems], decided.foreignPlan);
  }
  if (problems.length > 0) throw refusal(source, problems, false);
  const approval: Approval = {
    schema: 'keyturn/approval/v1',
    approval: newApprovalId(),
    rollout: rollout.id,
    planDigest,
    at: clock.now().toISOString(),
    submittedBy,
    source,
    ...(reason !== undefined && { reason }),
    decisions: [...decided.decisions],
  };
  await store.recordApproval(key ? signed(approval, key) : approval);
  return totalDecisions(store, rollout.id);
}

function signed(approval: Approval, key: KeyObject): Approval {
  return { ...approval, signature: signPayload(approvalStatement(approval), key) };
}

/** Asks to approve every candidate of the plan that is shown. */
export async function requestAll(store: Store, rollout: AssessedRollout): Promise<DecisionRequest[]> {
  const requests: DecisionRequest[] = [];
  for await (const { keyArn } of shownFindings(store, rollout, 'candidate')) {
    requests.push({ where: '--all', keyArn, decision: 'approve' });
  }
  return requests;
}

export async function totalDecisions(store: Store, rollout: string): Promise<DecisionTotals> {
  const totals = { approved: 0, declined: 0, deferred: 0, undecided: 0 };
  for await (const { decision } of store.decisions(rollout)) totals[TOTAL[decision]] += 1;
  return totals;
}

export function nothingApproved(why: string): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    `${why} Nothing was approved.`,
    'Choose keys with --key ARN, --from FILE or --all, or on a terminal from the list.',
  );
}

const TOTAL: Readonly<Record<DecisionKind | 'undecided', keyof DecisionTotals>> = {
  approve: 'approved',
  decline: 'declined',
  defer: 'deferred',
  undecided: 'undecided',
};

async function findingsOf(
  store: Store,
  rollout: string,
  requests: readonly DecisionRequest[],
): Promise<Map<string, Finding>> {
  const findings = new Map<string, Finding>();
  for (const { keyArn } of requests) {
    const finding = await store.finding(rollout, keyArn);
    if (finding) findings.set(keyArn, finding);
  }
  return findings;
}

function refusal(source: string, problems: readonly string[], foreignPlan: boolean): KeyturnError {
  return foreignPlan
    ? new KeyturnError(
        'refused-foreign-plan',
        `The decisions (${source}) were made on another plan; nothing was recorded.`,
        'Decide on this plan: keyturn list findings --finding candidate --csv',
        { problems },
      )
    : new KeyturnError(
        'input-decisions',
        `The decisions (${source}) do not fit the plan; nothing was recorded.`,
        'Mend every line named, then submit the whole again.',
        { problems },
      );
}
