import type { Outcome } from '../../model/outcome.ts';
import { ATTENTION, ATTENTION_KINDS, type AttentionKind, countAttention } from '../attention.ts';
import { notSeenText } from '../coverage.ts';
import { groupByReason } from '../reason-groups.ts';
import { whyNot } from './changes.ts';
import { anchorOf } from './key-rows.ts';
import type { Material } from './material.ts';
import { type Block, type Inline, type Row, type Section, type Text, textParts } from './model.ts';
import { awsSaid, code, count, heading, joined, prose, tableOr } from './phrases.ts';

/** Rows of one kind here; its own section has all of them. */
const MAX_ROWS = 50;

/** The first section: everything that a person has to look into, the worst first. */
export async function attentionSection(material: Material): Promise<Section> {
  const begin = { id: 'attention', title: 'What needs attention' };
  const totals = totalRows(material);
  if (totals.length === 0) return { ...begin, blocks: [prose(NOTHING)] };
  const keys = (await Promise.all(ATTENTION_KINDS.map((kind) => rowsOf(material, kind)))).flat();
  return {
    ...begin,
    blocks: [
      tableOr('', 'What needs attention', ['What', '#How many', 'Where'], totals),
      ...(keys.length > 0
        ? [heading('Keys'), tableOr('', 'Keys that need attention', KEY_TITLES, keys)]
        : []),
      ...(isCut(material)
        ? [prose(`The first ${MAX_ROWS} of each kind are shown; the sections above have all.`)]
        : []),
      ...placesBlocks(material),
    ],
  };
}

const NOTHING =
  'Nothing: every place was listed, every key could be judged, and every approved change was made and read back as expected.';

const KEY_TITLES = ['Key', 'Account', 'Region', 'What', 'Why'];

function totalRows({ changes, survey, summary, coverage }: Material): Row[] {
  const counts = countAttention(changes, survey.findings.unknown);
  const unseen = notSeenText(coverage);
  const { mismatches, unreachable } = summary;
  return [
    ...(mismatches.length === 0
      ? []
      : [totalRow({ tone: 'bad', word: 'sums do not add up', section: 'completeness' }, mismatches.length)]),
    ...ATTENTION_KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
      totalRow(ATTENTION[kind], counts[kind]),
    ),
    ...(unseen === ''
      ? []
      : [totalRow({ tone: 'attention', word: unseen, section: 'not-seen' }, unreachable.length)]),
  ];
}

const totalRow = ({ tone, word, section }: (typeof ATTENTION)[AttentionKind], total: number): Row => [
  { tone, word },
  count(total),
  { to: section, text: SECTIONS[section] ?? section },
];

const SECTIONS: Readonly<Record<string, string>> = {
  changes: 'Changes',
  validation: 'Validation',
  'not-seen': 'What could not be seen',
  completeness: 'Is every key accounted for?',
};

function isCut({ changes, survey }: Material): boolean {
  return Object.values(countAttention(changes, survey.findings.unknown)).some((keys) => keys > MAX_ROWS);
}

interface Problem {
  readonly keyArn: string;
  readonly account: string;
  readonly region: string;
  readonly why: Text;
}

async function rowsOf(material: Material, kind: AttentionKind): Promise<Row[]> {
  const { record } = material;
  const problems: Problem[] = [];
  for await (const problem of problemsOf(material, kind)) {
    problems.push(problem);
    if (problems.length === MAX_ROWS) break;
  }
  const aliases = await record.aliases(problems.map(({ keyArn }) => keyArn));
  const { word, tone } = ATTENTION[kind];
  return problems.map(({ keyArn, account, region, why }): Row => {
    const key = { keyArn, name: aliases.get(keyArn), to: anchorOf(ANCHOR[kind], keyArn) };
    return [key, code(account), code(region), { tone, word }, why];
  });
}

const ANCHOR: Readonly<Record<AttentionKind, Parameters<typeof anchorOf>[0]>> = {
  failed: 'outcome',
  unsettled: 'outcome',
  skipped: 'outcome',
  pending: 'outcome',
  discrepant: 'verdict',
  unreadable: 'verdict',
  unvalidated: 'verdict',
  unknown: 'unknown',
};

async function* problemsOf(material: Material, kind: AttentionKind): AsyncGenerator<Problem> {
  const { record, survey, changes } = material;
  if (countAttention(changes, survey.findings.unknown)[kind] === 0) return;
  if (kind === 'unknown') {
    for await (const each of record.findings({ kind: 'unknown' })) yield { ...each, why: each.explanation };
  } else if (kind === 'discrepant' || kind === 'unreadable') {
    for await (const each of record.verdicts({ kind })) yield { ...each, why: verdictText(each) };
  } else if (kind === 'unvalidated') {
    const waiting = record.outcomes({ outcomes: ['applied'], verdicts: ['none'] });
    for await (const each of waiting) yield { ...each, why: '' };
  } else {
    for await (const each of record.outcomes({ outcomes: [kind] })) yield { ...each, why: outcomeText(each) };
  }
}

/** Why a key is not on, with AWS's own words for it. */
function outcomeText(outcome: Outcome): Text {
  const why = whyNot(outcome);
  const said = awsSaid(outcome.error);
  return said === '' ? why : [why === '' ? '' : `${why}. `, ...textParts(said)];
}

function verdictText({
  reason,
  differences,
  error,
}: {
  readonly reason?: string | undefined;
  readonly differences: readonly { fact: string; expected: string; actual: string }[];
  readonly error?: { readonly operation: string; readonly code: string } | undefined;
}): string {
  const said = differences.map(
    ({ fact, expected, actual }) => `${fact}: expected ${expected}, actual ${actual}`,
  );
  return said.join('; ') || [reason, error && `${error.operation}: ${error.code}`].filter(Boolean).join(': ');
}

/** Accounts and Regions that are named in one row. */
const MAX_NAMED = 10;

/** Places with the same reason are one row, the most frequent first. */
function placesBlocks({ record, coverage }: Material): Block[] {
  const groups = groupByReason(record.unreachable);
  if (groups.length === 0) return [];
  const rows = groups.slice(0, MAX_ROWS).map(({ accounts, regions, places, reason }): Row => {
    return [count(places.length), namesOf(accounts), regions.length > 0 ? namesOf(regions) : 'all', reason];
  });
  const link: Inline = { to: 'not-seen', text: SECTIONS['not-seen'] ?? '' };
  return [
    heading('Accounts and places'),
    prose(`${notSeenText(coverage)}. Each is named in `, link, '.'),
    tableOr('', 'Places that need attention', ['#Places', 'Accounts', 'Regions', 'Why'], rows),
  ];
}

function namesOf(names: readonly string[]): Text {
  const more = names.length - MAX_NAMED;
  const named = joined(names.slice(0, MAX_NAMED).map(code));
  return more > 0 ? [...named, ` and ${count(more)} more`] : named;
}
