import type { DecidedKey } from '../../model/approval.ts';
import type { Finding } from '../../model/finding.ts';
import { joinByKey } from '../rows.ts';
import type { ReasonCount } from '../survey.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { count, day, heading, keys, prose, streamOr, table, time } from './phrases.ts';

/** A key by the name that people know and the ARN that is sure. */
export const keyCell = ({ keyArn, primaryAlias }: Pick<Finding, 'keyArn' | 'primaryAlias'>): Inline => ({
  keyArn,
  name: primaryAlias,
});

export function candidatesSection({ record, survey }: Material): Section {
  const total = survey.findings.candidate;
  const titles = ['Key', 'Description', 'Created', '#Period proposed (days)', 'Decision', 'Reason'];
  const rows = async function* () {
    const decided = joinByKey(record.findings({ finding: 'candidate' }), record.decisions());
    for await (const [finding, decision] of decided) yield candidateRow(finding, decision);
  };
  return {
    id: 'candidates',
    title: 'Candidates: rotation is supported, and off',
    blocks: [
      prose('As assessed, with the decision that is in force for each now.'),
      streamOr('None.', 'Candidates', titles, total, rows),
    ],
  };
}

function candidateRow(finding: Finding, decision: DecidedKey | undefined): Row {
  const period = finding.proposed?.RotationPeriodInDays;
  return [
    keyCell(finding),
    finding.Description ?? '',
    day(finding.CreationDate),
    period === undefined ? '' : String(period),
    decisionWord(decision?.decision ?? 'undecided'),
    decision?.reason ?? '',
  ];
}

const DECISION: Readonly<Record<DecidedKey['decision'], Inline>> = {
  approve: { tone: 'good', word: 'approve' },
  decline: { tone: 'neutral', word: 'decline' },
  defer: { tone: 'neutral', word: 'defer' },
  undecided: { tone: 'attention', word: 'undecided' },
};

export const decisionWord = (decision: DecidedKey['decision']): Inline => DECISION[decision];

export function enabledSection({ record, survey }: Material): Section {
  const total = survey.findings.enabled;
  const titles = ['Key', 'Description', 'Created', '#Period (days)', 'Next rotation'];
  const rows = async function* () {
    for await (const finding of record.findings({ finding: 'enabled' })) yield enabledRow(finding);
  };
  return {
    id: 'enabled',
    title: 'Already on when assessed',
    blocks: [
      prose(
        'Keyturn leaves these as they are: turning rotation on again could move the date of the next one.',
      ),
      streamOr('None.', 'Keys that were on', titles, total, rows),
    ],
  };
}

function enabledRow(finding: Finding): Row {
  return [
    keyCell(finding),
    finding.Description ?? '',
    day(finding.CreationDate),
    finding.RotationPeriodInDays?.toString() ?? 'not given',
    time(finding.NextRotationDate),
  ];
}

export function ineligibleSection({ record, survey }: Material): Section {
  const reasons = survey.reasons.filter(({ basis }) => basis !== undefined);
  return {
    id: 'ineligible',
    title: 'Not eligible, by reason',
    blocks: [
      prose(
        'By type: the key can never rotate automatically. By state: its type supports rotation, and its present state ' +
          'does not allow a change.',
      ),
      ...(reasons.length === 0 ? [prose('None.')] : []),
      ...reasons.flatMap((reason) => reasonBlocks(record, reason)),
    ],
  };
}

function reasonBlocks(
  record: Material['record'],
  { reason, basis, count: total, advice }: ReasonCount,
): Block[] {
  const titles = ['Key', 'Spec', 'State', 'Rotation reads as', 'What stands against it'];
  const rows = async function* () {
    for await (const finding of record.findings({ finding: 'ineligible' })) {
      if (finding.reason === reason) yield ineligibleRow(finding);
    }
  };
  return [
    heading(`${reason} (by ${basis}): ${keys(total)}`),
    prose({ strong: 'Instead:' }, ` ${advice.join(' ')}`),
    table(`Not eligible: ${reason}, ${count(total)}`, titles, total, rows),
  ];
}

function ineligibleRow(finding: Finding): Row {
  const { KeySpec = '', KeyState = '', rotation, explanation } = finding;
  return [keyCell(finding), KeySpec, KeyState, ROTATION[rotation], explanation];
}

const ROTATION: Readonly<Record<Finding['rotation'], string>> = {
  on: 'on',
  off: 'off',
  unreadable: 'unreadable',
  'not-read': 'not read',
};
