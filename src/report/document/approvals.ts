import type { ApprovalHeader, SubmittedDecision } from '../../model/approval.ts';
import { approverOf } from '../../model/in-force.ts';
import { mapRows } from '../rows.ts';
import { decisionWord } from './findings.ts';
import { type KeyCell, keyRows } from './key-rows.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section, Text } from './model.ts';
import { count, heading, prose, streamOr, time } from './phrases.ts';

export function approvalsSection({ record, summary }: Material): Section {
  const { approved, declined, deferred, undecided } = summary.decisions;
  return {
    id: 'approvals',
    title: 'Who approved what, when, why',
    blocks: [
      record.approvals.length === 0
        ? prose('Nothing has been approved.')
        : prose(
            `In force: ${count(approved)} approved, ${count(declined)} declined, ${count(deferred)} deferred, ` +
              `${count(undecided)} undecided. A later decision on a key takes the place of an earlier one of the same ` +
              'approver; a decline blocks a key until its approver withdraws it.',
          ),
      ...record.approvals.flatMap((approval) => approvalBlocks(record, approval, summary.planDigest)),
    ],
  };
}

function approvalBlocks(
  record: Material['record'],
  approval: ApprovalHeader,
  planDigest: string | null,
): Block[] {
  const { id, counts } = approval;
  const titles = ['Key', 'Decision', 'Reason', '#Period (days)', 'In force'];
  const submitted = () =>
    mapRows(record.submittedDecisions(id), (each) => ({ ...each.decision, inForce: each.inForce }));
  const rows = () => keyRows(record, submitted(), (decision, key) => [decisionRow(id, decision, key)]);
  const total = counts.approve + counts.decline + counts.defer;
  return [
    heading(`Approval ${id}`),
    approvalFacts(approval, planDigest),
    streamOr('It decides on no key.', `Decisions of ${id}`, titles, total, rows),
  ];
}

function decisionRow(
  approval: string,
  { choice, reason, RotationPeriodInDays, inForce }: SubmittedDecision['decision'] & { inForce: string },
  key: KeyCell,
): Row {
  const standing = inForce === approval ? 'yes' : `no: ${inForce} is`;
  return [key, decisionWord(choice), reason ?? '', String(RotationPeriodInDays), standing];
}

function approvalFacts(approval: ApprovalHeader, planDigest: string | null): Block {
  const { submittedBy, at, expiresAt, source, reason, imported } = approval;
  return {
    kind: 'facts',
    facts: [
      ['Approver', { code: approverOf(approval) }],
      ...submitterFacts(submittedBy),
      ['On the machine', [{ code: submittedBy.osUser }, ' at ', { code: submittedBy.host }]],
      ['When', time(at)],
      ['Expires', time(expiresAt)],
      ...(imported ? [importFact(imported)] : []),
      ['Source', source],
      ['Reason', reason ?? 'none given'],
      ['Plan digest', [{ code: approval.planDigest }, ' ', digestWord(approval.planDigest === planDigest)]],
    ],
  };
}

type Fact = readonly [label: string, value: Text];

/** Where an approval was made without AWS, only its machine says who submitted it. */
const submitterFacts = (submittedBy: ApprovalHeader['submittedBy']): Fact[] =>
  'callerArn' in submittedBy
    ? [
        ['Submitted by', { code: submittedBy.callerArn }],
        ['Account', { code: submittedBy.account }],
        ['AWS user id', { code: submittedBy.userId }],
      ]
    : [];

const importFact = ({ at, by }: NonNullable<ApprovalHeader['imported']>): Fact => [
  'Brought in by',
  [{ code: by.callerArn }, ' (', { code: by.osUser }, ' at ', { code: by.host }, '), ', time(at)],
];

const digestWord = (isPlan: boolean): Inline =>
  isPlan ? { tone: 'good', word: 'this plan' } : { tone: 'bad', word: 'not this plan' };
