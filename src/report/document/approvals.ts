import type { Approval } from '../../model/approval.ts';
import { decisionWord } from './findings.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { count, heading, prose, tableOr, time } from './phrases.ts';

export function approvalsSection({ record, summary }: Material): Section {
  const { approved, declined, deferred, undecided } = summary.decisions;
  const inForce = approvalsInForce(record.approvals);
  return {
    id: 'approvals',
    title: 'Who approved what, when, why',
    blocks: [
      record.approvals.length === 0
        ? prose('Nothing has been approved.')
        : prose(
            `In force: ${count(approved)} approved, ${count(declined)} declined, ${count(deferred)} deferred, ` +
              `${count(undecided)} undecided. A later decision on a key takes the place of an earlier one.`,
          ),
      ...record.approvals.flatMap((approval) => approvalBlocks(approval, summary.planDigest, inForce)),
    ],
  };
}

/** The approval that decides on each key: the last one that names it, approvals being in the order of time. */
function approvalsInForce(approvals: readonly Approval[]): ReadonlyMap<string, string> {
  return new Map(
    approvals.flatMap(({ approval, decisions }) =>
      decisions.map(({ keyArn }) => [keyArn, approval] as const),
    ),
  );
}

function approvalBlocks(
  approval: Approval,
  planDigest: string | null,
  inForce: ReadonlyMap<string, string>,
): Block[] {
  const titles = ['Key', 'Decision', 'Reason', '#Period (days)', 'In force'];
  const rows = approval.decisions.map(({ keyArn, decision, reason, RotationPeriodInDays }): Row => {
    const holder = inForce.get(keyArn);
    const standing = holder === approval.approval ? 'yes' : `no: replaced by ${holder}`;
    return [{ keyArn }, decisionWord(decision), reason ?? '', String(RotationPeriodInDays), standing];
  });
  return [
    heading(`Approval ${approval.approval}`),
    approvalFacts(approval, planDigest),
    tableOr('It decides on no key.', `Decisions of ${approval.approval}`, titles, rows),
  ];
}

function approvalFacts(approval: Approval, planDigest: string | null): Block {
  const { submittedBy, at, source, reason } = approval;
  return {
    kind: 'facts',
    facts: [
      ['Submitted by', { code: submittedBy.callerArn }],
      ['Account', { code: submittedBy.account }],
      ['AWS user id', { code: submittedBy.userId }],
      ['On the machine', [{ code: submittedBy.osUser }, ' at ', { code: submittedBy.host }]],
      ['When', time(at)],
      ['Source', source],
      ['Reason', reason ?? 'none given'],
      ['Plan digest', [{ code: approval.planDigest }, ' ', digestWord(approval.planDigest === planDigest)]],
    ],
  };
}

const digestWord = (isPlan: boolean): Inline =>
  isPlan ? { tone: 'good', word: 'this plan' } : { tone: 'bad', word: 'not this plan' };
