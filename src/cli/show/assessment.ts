import type { GapCount } from '../../model/gap.ts';
import { addCounts, type Counts } from '../../model/plan.ts';
import { forTerminal } from '../../report/escape.ts';
import type { RolloutRecord } from '../../report/record.ts';
import { assembleSummary, type RolloutSummary } from '../../report/summary.ts';
import { renderTable } from '../../report/table.ts';
import { filterOf } from '../../workflow/rollout/visible-findings.ts';
import type { Terminal } from '../terminal.ts';
import { commandLine, type GivenOptions } from './command-line.ts';
import { isAnyRefused, refusalSentences } from './counts.ts';
import { gapLines, notSeenLine, unseenReasons } from './unseen.ts';

/** The posture at a glance: counts by place, why not, and whatever is missing or does not add up. */
export async function showAssessment(
  terminal: Terminal,
  record: RolloutRecord,
  gaps: readonly GapCount[],
  options: GivenOptions,
): Promise<void> {
  const summary = await assembleSummary(record);
  const lines = [
    `\nRollout ${terminal.bold(summary.rollout)}, plan ${summary.planDigest}\n\n`,
    countTable(terminal, summary),
    '\n',
    ...posture(terminal, summary),
    ...notSeenLine(terminal, record),
    ...(await narrowed(record)),
    ...notAssessed(record),
    ...gapLines(terminal, gaps),
    ...attention(terminal, summary, options),
  ];
  await terminal.out(lines.join(''));
}

const COLUMNS = [
  { title: 'Account', identifier: true },
  { title: 'Region' },
  ...['Candidates', 'Enabled', 'Ineligible', 'Unknown', 'AWS managed', 'Listed'].map((title) => ({
    title,
    align: 'right' as const,
  })),
  { title: 'Count' },
];

/** How many of the candidates a `where` leaves to decide on; the counts above are of all. */
async function narrowed({ rollout, findings }: RolloutRecord): Promise<string[]> {
  const { filter } = rollout.scope;
  if (filter === undefined) return [];
  const isShown = await filterOf(rollout);
  let shown = 0;
  for await (const finding of findings({ kind: 'candidate' })) shown += Number(isShown(finding));
  return [`Of the candidates, ${shown} can be approved: those that match ${forTerminal(filter)}\n`];
}

/** Accounts that are suspended or closing are named, and are no error. */
function notAssessed({ rollout: { notAssessed: accounts = [] } }: RolloutRecord): string[] {
  if (accounts.length === 0) return [];
  const named = accounts.map(({ id, name, state }) => `${id} ${name} (${state})`).join(', ');
  return [`Not active, so not assessed: ${forTerminal(named)}\n`];
}

const MOST_PLACES = 40;

/** The places with keys, and one row for all others: an organization has thousands. */
function countTable(terminal: Terminal, { places, totals, reconciled }: RolloutSummary): string {
  // What does not agree is never cut off; after that, the most to do comes first.
  const withKeys = places
    .filter(({ listed }) => listed > 0)
    .sort((a, b) => Number(a.reconciled) - Number(b.reconciled) || b.candidate - a.candidate);
  const shown = withKeys.slice(0, MOST_PLACES);
  const rest = places.filter((place) => !shown.includes(place));
  const rows = [
    ...shown.map((place) => row(place.account, place.region, place, place.reconciled)),
    ...(rest.length > 0
      ? [
          row(
            `${rest.length} more`,
            '',
            addCounts(rest),
            rest.every((place) => place.reconciled),
          ),
        ]
      : []),
    ...(places.length > 1 ? [row('all', '', totals, reconciled)] : []),
  ];
  if (rows.length === 0) return 'No place could be listed.\n';
  return renderTable(COLUMNS, rows, { width: terminal.width, colour: terminal.colour });
}

function row(account: string, region: string, counts: Counts, reconciled: boolean): string[] {
  const { candidate, enabled, ineligible, unknown, awsManaged, listed } = counts;
  const cells = [candidate, enabled, ineligible, unknown, awsManaged, listed].map(String);
  return [account, region, ...cells, reconciled ? 'agrees' : 'DOES NOT AGREE'];
}

function posture(
  terminal: Terminal,
  { totals, ineligible, unknown, rotationAmongStateIneligible }: RolloutSummary,
) {
  const { candidate, enabled } = totals;
  const by = (basis: 'type' | 'state') => reasonList(ineligible.filter((each) => each.basis === basis));
  const { on, off, unreadable } = rotationAmongStateIneligible;
  return [
    `${terminal.bold(`${candidate} of ${candidate + enabled} keys that support rotation have it off.`)}\n`,
    ...line('Ineligible by type: ', by('type')),
    ...line(
      'Ineligible by state:',
      by('state'),
      ` (rotation on ${on}, off ${off}, unreadable ${unreadable})`,
    ),
    ...line('Unknown:            ', reasonList(unknown)),
  ];
}

function attention(terminal: Terminal, summary: RolloutSummary, options: GivenOptions): string[] {
  const { replicasWithPrimaryOutsideScope: outside, unreachable, mismatches } = summary;
  const add = outside.regionsToAdd.map((region) => `--region ${region}`).join(' ');
  return [
    ...(outside.count > 0
      ? [`Replicas whose primary is outside the scope: ${outside.count}; add ${add || 'its Region'}\n`]
      : []),
    ...refusalLines(terminal, summary, options),
    ...unseenReasons(terminal, unreachable),
    ...mismatches.map(({ equation, left, right }) =>
      terminal.red(`Does not add up: ${equation}: ${left} against ${right}\n`),
    ),
  ];
}

function refusalLines(
  terminal: Terminal,
  { keyPolicyRefusals, rollout: id }: RolloutSummary,
  options: GivenOptions,
): string[] {
  if (!isAnyRefused(keyPolicyRefusals)) return [];
  const lines = [
    ...refusalSentences(keyPolicyRefusals, 'candidate'),
    `  → See the column warning of: ${commandLine(options, { id }, 'list findings --finding candidate --csv')}\n`,
  ];
  return lines.map(terminal.yellow);
}

function reasonList(reasons: readonly { readonly reason: string; readonly count: number }[]): string {
  return reasons.map(({ reason, count }) => `${reason} ${count}`).join(', ');
}

const line = (title: string, list: string, more = ''): string[] =>
  list ? [`${title} ${list}${more}\n`] : [];
