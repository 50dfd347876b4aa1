import type { KeyObject } from 'node:crypto';
import { decideOn, type PlanForApproval } from '../../approve/decide.ts';
import type { DecisionRequest } from '../../approve/request.ts';
import { signPayload } from '../../evidence/dsse.ts';
import { approvalStatement } from '../../evidence/statement.ts';
import { KeyturnError } from '../../messages/error.ts';
import type { Approval, DecisionKind, DecisionTotals } from '../../model/approval.ts';
import type { Finding } from '../../model/finding.ts';
import { APPROVAL_LIFE_MS } from '../../model/in-force.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Clock, Store } from '../ports.ts';
import { checkRecord } from '../rollout/check-record.ts';
import { checkPlan } from '../rollout/choose-rollout.ts';
import { filterOf, visibleFindings } from '../rollout/visible-findings.ts';
import { countRefusals, type Refusals } from './refusals.ts';

export interface ApproveHost {
  readonly store: Store;
  readonly clock: Clock;
  readonly newApprovalId: () => string;
}

/** What somebody decides, and who that is. */
export interface Submission {
  readonly requests: readonly DecisionRequest[];
  /** What is wrong with the file that the requests were read from. */
  readonly problems: readonly string[];
  readonly submittedBy: Approval['submittedBy'];
  readonly source: string;
  readonly reason?: string;
  /** Milliseconds that the approval holds. */
  readonly lifeMs?: number;
  /** How many approvals there were when it was shown: with another one it is refused. */
  readonly seen?: number;
  /** The approver's Ed25519 private key, to sign the approval with. */
  readonly key?: KeyObject;
}

/** The decisions in force after an approval was recorded. */
export interface Recorded extends DecisionTotals {
  readonly approval: string;
  /** Keys that it approves and that somebody else declines: they stay declined. */
  readonly blocked: number;
  /** Approved keys whose key policy refuses the change, or may. */
  readonly refusals: Refusals;
}

/**
 * Records decisions over a rollout's plan, all of them or none.
 * @throws KeyturnError as `decideApproval`, `refused-record` and `refused-decisions`
 */
export async function approve(
  host: ApproveHost,
  rollout: AssessedRollout,
  submission: Submission,
): Promise<Recorded> {
  await checkRecord(host.store, rollout);
  return recordDecided(host.store, await decideApproval(host, rollout, submission), submission.seen);
}

/**
 * Turns what somebody decides into an approval, signed where there is a key.
 * @throws KeyturnError `refused-stale-plan`, `refused-foreign-plan` or `input-decisions` with every problem, or
 *   `refused-nothing-approved` where there is no decision at all
 */
export async function decideApproval(
  { store, clock, newApprovalId }: ApproveHost,
  rollout: AssessedRollout,
  submission: Submission,
): Promise<Approval> {
  const { submittedBy, source, reason, lifeMs = APPROVAL_LIFE_MS, key } = submission;
  const decisions = await requireDecisions(store, rollout, submission);
  const now = clock.now().getTime();
  const approval: Approval = {
    schema: 'keyturn/approval/v1',
    id: newApprovalId(),
    rollout: rollout.id,
    planDigest: rollout.planDigest,
    at: new Date(now).toISOString(),
    expiresAt: new Date(now + lifeMs).toISOString(),
    submittedBy,
    source,
    ...(reason !== undefined && { reason }),
    decisions: [...decisions],
  };
  return key ? { ...approval, signature: signPayload(approvalStatement(approval), key) } : approval;
}

/**
 * The decisions that requests come to, if all of them fit the plan: also to know before a person is shown the plan.
 * @throws KeyturnError as `decideApproval`
 */
export async function requireDecisions(
  store: Store,
  rollout: AssessedRollout,
  { requests, problems, source, reason }: Pick<Submission, 'requests' | 'problems' | 'source' | 'reason'>,
): Promise<readonly Approval['decisions'][number][]> {
  if (requests.length === 0 && problems.length === 0) throw nothingApproved('No keys selected.');
  await checkPlan(store, rollout);
  const decided = decideOn(await planForApproval(store, rollout, requests), requests, reason);
  if (decided.kind === 'refused') {
    throw refusal(source, [...problems, ...decided.problems], decided.foreignPlan);
  }
  if (problems.length > 0) throw refusal(source, problems, false);
  return decided.decisions;
}

/** The plan, as far as some keys need it to be decided on. */
export async function planForApproval(
  store: Store,
  rollout: AssessedRollout,
  keys: readonly { readonly keyArn: string }[],
): Promise<PlanForApproval> {
  const { id, planDigest: digest, RotationPeriodInDays } = rollout;
  const findings = new Map<string, Finding>();
  for (const { keyArn } of keys) {
    const finding = await store.finding(id, keyArn);
    if (finding) findings.set(keyArn, finding);
  }
  return { digest, RotationPeriodInDays, findings, isShown: await filterOf(rollout) };
}

export async function recordDecided(store: Store, approval: Approval, seen?: number): Promise<Recorded> {
  await store.recordApproval(approval, seen);
  const { rollout, id } = approval;
  let blocked = 0;
  for await (const { decision, standing } of store.submittedDecisions(rollout, id)) {
    if (decision.choice === 'approve' && standing === 'decline') blocked += 1;
  }
  const approved = new Set<string>();
  for await (const { keyArn, choice } of store.decisions(rollout)) {
    if (choice === 'approve') approved.add(keyArn);
  }
  const refusals = await countRefusals(store, rollout, approved);
  return { approval: id, blocked, refusals, ...(await totalDecisions(store, rollout)) };
}

/** Asks to approve every candidate of the plan that is shown. */
export async function requestAll(store: Store, rollout: AssessedRollout): Promise<DecisionRequest[]> {
  const requests: DecisionRequest[] = [];
  for await (const { keyArn } of visibleFindings(store, rollout, 'candidate')) {
    requests.push({ location: '--all', keyArn, choice: 'approve' });
  }
  return requests;
}

export async function totalDecisions(store: Store, rollout: string): Promise<DecisionTotals> {
  const totals = { approved: 0, declined: 0, deferred: 0, undecided: 0 };
  for await (const { choice } of store.decisions(rollout)) totals[TOTAL[choice]] += 1;
  return totals;
}

export function nothingApproved(why: string): KeyturnError {
  return new KeyturnError(
    'refused-nothing-approved',
    `${why} Nothing was approved.`,
    'Select keys with --key ARN, --from FILE or --all, or run keyturn approve in a terminal.',
  );
}

const TOTAL: Readonly<Record<DecisionKind | 'undecided', keyof DecisionTotals>> = {
  approve: 'approved',
  decline: 'declined',
  defer: 'deferred',
  undecided: 'undecided',
};

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
        source === 'keys'
          ? 'Some keys do not fit the plan; nothing was recorded.'
          : `The decisions (${source}) do not fit the plan; nothing was recorded.`,
        source === 'keys'
          ? 'Leave those keys out, or correct them, and approve again.'
          : 'Fix the lines listed above and submit the file again.',
        { problems },
      );
}
