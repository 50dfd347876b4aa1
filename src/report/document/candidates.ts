import type { DecidedKey } from '../../model/approval.ts';
import type { Finding } from '../../model/finding.ts';
import { priceOfRollout } from '../../model/prices.ts';
import { warnOfRefusal } from '../../model/refusal-warning.ts';
import { describeStack, stackOf } from '../../model/stack.ts';
import { costCaveats, monthlyText, yearlyText } from '../cost-text.ts';
import { addedText, lastUseText, pastRotationsText, replicasText, stackText } from '../profile.ts';
import { joinByKey } from '../rows.ts';
import { decisionWord, keyCell } from './findings.ts';
import type { Material } from './material.ts';
import type { Block, Row, Section } from './model.ts';
import { code, count, counted, day, heading, keys, prose, streamOr, table, tableOr } from './phrases.ts';

export function candidatesSection(material: Material): Section {
  return {
    id: 'candidates',
    title: 'Candidates: rotation is supported, and off',
    blocks: [
      prose('As assessed, with the decision that is in force for each now.'),
      candidatesTable(material),
      ...lastUseBlocks(material),
      ...costBlocks(material),
      ...stackBlocks(material),
      ...refusalBlocks(material),
    ],
  };
}

function candidatesTable({ record, survey }: Material): Block {
  const { rollout } = record;
  const price = priceOfRollout(rollout);
  const withUse = rollout.scope.lastUsage === true;
  const titles = [
    'Key',
    'Description',
    'Created',
    'Replicas',
    'CloudFormation stack',
    ...(withUse ? ['Last use'] : []),
    '#Past rotations',
    `#Adds a month (${price.currency})`,
    '#Period proposed (days)',
    'Decision',
    'Reason',
  ];
  const row = (finding: Finding, decision: DecidedKey | undefined): Row => [
    keyCell(finding),
    finding.Description ?? '',
    day(finding.CreationDate),
    replicasText(finding),
    stackText(finding),
    ...(withUse ? [lastUseText(finding)] : []),
    pastRotationsText(finding),
    addedText(finding, price),
    finding.proposed?.RotationPeriodInDays.toString() ?? '',
    decisionWord(decision?.choice ?? 'undecided'),
    decision?.reason ?? '',
  ];
  return streamOr('None.', 'Candidates', titles, survey.findings.candidate, async function* () {
    const decided = joinByKey(record.findings({ kind: 'candidate' }), record.decisions());
    for await (const [finding, decision] of decided) yield row(finding, decision);
  });
}

function lastUseBlocks({ record }: Material): Block[] {
  if (!record.rollout.scope.lastUsage) return [];
  return [
    prose(
      'Last use is what AWS has recorded of cryptographic operations on the key. “No use recorded since” a day does not ' +
        'say that it was not used before. Replicas are tracked apart, and not shown. It is no reason to delete a key.',
    ),
  ];
}

function costBlocks({ record, survey }: Material): Block[] {
  const { cost, costByAccount } = survey;
  if (cost.keys === 0) return [];
  const { rollout } = record;
  const price = priceOfRollout(rollout);
  const rows = costByAccount.map(({ account, cost: own }): Row => {
    return [code(account), count(own.keys), monthlyText(own, price)];
  });
  return [
    heading('What rotation would cost'),
    prose(
      `Over all ${counted(cost.keys, 'candidate')}, whatever was decided, beside what the keys cost already:`,
    ),
    {
      kind: 'facts',
      facts: [
        ['By month', monthlyText(cost, price)],
        ['By year, from the day it is turned on', yearlyText(cost, price, rollout.RotationPeriodInDays)],
        ['Priced', `${keys(cost.priced)}, ${counted(cost.replicas, 'replica')} among them`],
      ],
    },
    ...(rows.length > 1 ? [tableOr('', 'Cost by account', ['Account', '#Candidates', 'Adds'], rows)] : []),
    { kind: 'list', items: costCaveats(cost, price) },
    prose('An estimate, and no offer: before discounts and taxes.'),
  ];
}

function stackBlocks({ record, survey }: Material): Block[] {
  if (survey.inStacks === 0) return [];
  const titles = ['Key', 'Stack', 'Resource', 'What to do'];
  const rows = async function* (): AsyncGenerator<Row> {
    for await (const finding of record.findings({ kind: 'candidate' })) {
      const stack = stackOf(finding.tags);
      if (stack)
        yield [keyCell(finding), code(stack.name), code(stack.logicalId), describeStack(stack, finding)];
    }
  };
  return [
    heading('Candidates that are in code'),
    prose(
      'CloudFormation made these, by its own tags. A key without such a tag may be in code all the same: other tools leave none.',
    ),
    table('Candidates of a CloudFormation stack', titles, survey.inStacks, rows),
  ];
}

function refusalBlocks({ record, survey }: Material): Block[] {
  const total = survey.refusals.refused + survey.refusals.conditional;
  if (total === 0) return [];
  const rows = async function* (): AsyncGenerator<Row> {
    for await (const finding of record.findings({ kind: 'candidate' })) {
      const warning = warnOfRefusal(finding);
      if (warning) yield [keyCell(finding), LIKELIHOOD[warning.kind], warning.reason, warning.fix];
    }
  };
  return [
    heading('Candidates whose key policy may refuse the change'),
    prose('From the key policy alone: what IAM policies and service control policies say was not read.'),
    table('Key policies against the change', ['Key', 'Refused', 'Why', 'What to do'], total, rows),
  ];
}

const LIKELIHOOD = { refused: 'probably', conditional: 'perhaps' } as const;
