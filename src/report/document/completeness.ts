import type { Counts } from '../../model/plan.ts';
import { LISTED_EQUATION } from '../equations.ts';
import type { Material } from './material.ts';
import type { Block, Inline, Row, Section } from './model.ts';
import { code, count, detail, prose, tableOr } from './phrases.ts';

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
      ...placeBlocks(summary),
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

/** More places than these are told by the exceptions; each is in a table that paper leaves out. */
const MAX_PLACES = 12;

function placeBlocks({ places, totals, reconciled }: Material['summary']): Block[] {
  const all: Row = [{ strong: 'All' }, '', ...cells(totals), addsUp(reconciled)];
  const rows = places.map(placeRow);
  if (places.length <= MAX_PLACES) {
    return [
      tableOr(
        'No place has been listed.',
        'Keys by place',
        TITLES,
        places.length < 2 ? rows : [...rows, all],
      ),
    ];
  }
  const exceptions = places.filter((place) => !place.reconciled);
  return [
    prose(
      exceptions.length === 0
        ? `It adds up in each of ${count(places.length)} places.`
        : `It does not add up in ${count(exceptions.length)} of ${count(places.length)} places.`,
      ' ',
      { code: 'summary.json' },
      ' has the counts of each.',
    ),
    tableOr('', 'All places, and those that do not add up', TITLES, [...exceptions.map(placeRow), all]),
    detail(tableOr('', 'Keys by place', TITLES, rows)),
  ];
}

const placeRow = (place: Material['summary']['places'][number]): Row => [
  code(place.account),
  code(place.region),
  ...cells(place),
  addsUp(place.reconciled),
];

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
