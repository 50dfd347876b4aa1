import type { Counts } from '../../model/plan.ts';
import { LISTED_EQUATION } from '../equations.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { code, count, prose, tableOr } from './phrases.ts';

export function completenessSection({ summary }: Material): Section {
  return {
    id: 'completeness',
    title: 'Is every key accounted for?',
    blocks: [
      prose(
        'For each place, ',
        { code: LISTED_EQUATION },
        '. Keys that AWS manages rotate by themselves and are counted only.',
      ),
      tableOr('No place has been listed.', 'Keys by place', TITLES, placeRows(summary)),
      ...mismatchBlocks(summary),
    ],
  };
}

const TITLES = [
  'Account',
  'Region',
  '#Listed',
  '#Candidate',
  '#Enabled',
  '#Ineligible',
  '#Unknown',
  '#AWS managed',
  'Adds up',
];

function placeRows({ places, totals, reconciled }: Material['summary']): Row[] {
  const rows = places.map((place): Row => {
    return [code(place.account), code(place.region), ...cells(place), addsUp(place.reconciled)];
  });
  return places.length < 2 ? rows : [...rows, [{ strong: 'All' }, '', ...cells(totals), addsUp(reconciled)]];
}

const cells = ({ listed, candidate, enabled, ineligible, unknown, awsManaged }: Counts): string[] =>
  [listed, candidate, enabled, ineligible, unknown, awsManaged].map(count);

const addsUp = (reconciled: boolean): Inline =>
  reconciled ? { tone: 'good', word: 'yes' } : { tone: 'bad', word: 'no' };

function mismatchBlocks({ mismatches, phase }: Material['summary']): Block[] {
  if (phase === 'assessing') {
    return [
      {
        kind: 'note',
        tone: 'attention',
        text: 'The assessment is still under way; sums are not checked yet.',
      },
    ];
  }
  if (mismatches.length === 0)
    return [prose('Every sum in this report was checked against what it is a sum of; all add up.')];
  const rows = mismatches.map(({ equation, left, right }): Row => [equation, count(left), count(right)]);
  return [
    {
      kind: 'note',
      tone: 'bad',
      text: 'Some sums do not add up. That is a defect or a damaged record: do not rely on the counts until it is explained.',
    },
    tableOr('', 'Sums that do not add up', ['What should hold', '#Left side', '#Right side'], rows),
  ];
}
