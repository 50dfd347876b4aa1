import type { Finding } from '../../model/finding.ts';
import { priceOfRollout } from '../../model/prices.ts';
import type { AssessedRollout, Rollout } from '../../model/rollout.ts';
import { describeStack, stackOf } from '../../model/stack.ts';
import { costCaveats, monthlyText, yearlyText } from '../../report/cost-text.ts';
import { count, counted, keys as countKeys } from '../../report/document/phrases.ts';
import { forTerminal } from '../../report/escape.ts';
import {
  addedText,
  ageText,
  aliasesText,
  isLongerThan,
  lastUseText,
  ownerText,
  refusalText,
  replicasText,
} from '../../report/profile.ts';
import { mapRows } from '../../report/rows.ts';
import { assembleSurvey, type Survey, yardstickOf } from '../../report/survey.ts';
import { renderTable, type TableColumn } from '../../report/table.ts';
import { dayText } from '../../report/time.ts';
import type { Store } from '../../workflow/ports.ts';
import { countNotSeen } from '../../workflow/rollout/status.ts';
import { filterOf, visibleFindings } from '../../workflow/rollout/visible-findings.ts';
import type { Terminal } from '../terminal.ts';
import { notSeenText } from './counts.ts';
import { gapLines } from './unseen.ts';

const MOST_ROWS = 50;
const MOST_LINES = 10;

/**
 * Shows what an approver decides on: the candidates, with their cost, their owners in code and their age; and apart from
 * them what will not be touched: keys that are on, keys that cannot be, keys of which nothing is known.
 */
export async function showForApproval(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
): Promise<void> {
  const { id, planDigest, RotationPeriodInDays, scope, maxPeriodInDays } = rollout;
  const survey = await surveyShown(store, rollout);
  const { candidate, enabled } = survey.findings;
  await terminal.out(`${forTerminal(`Plan ${planDigest} of rollout ${id}`)}\n`);
  const notSeen = notSeenText(await countNotSeen(store, rollout, await store.placeCounts(id)));
  if (notSeen) await terminal.out(terminal.yellow(`Not seen: ${notSeen}\n`));
  if (scope.filter !== undefined)
    await terminal.out(`Only findings that match ${forTerminal(scope.filter)}\n`);
  await terminal.out(
    `\n${terminal.bold(`Candidates: ${candidate}`)} (rotation was off when assessed; approved keys will rotate every ${RotationPeriodInDays} days)\n`,
  );
  await showRows(terminal, candidate, candidateTable(rollout), visibleFindings(store, rollout, 'candidate'));
  await terminal.out(costLines(rollout, survey));
  await showStacks(terminal, store, rollout, survey.inStacks);
  await showRefusals(terminal, store, rollout, survey.refusals);
  await terminal.out(`\n${terminal.bold(`Already enabled: ${enabled}`)} (to see, not to touch)\n`);
  await showRows(
    terminal,
    enabled,
    enabledTable(maxPeriodInDays),
    visibleFindings(store, rollout, 'enabled'),
  );
  if (survey.longPeriods > 0) {
    await terminal.out(
      terminal.yellow(
        `${countKeys(survey.longPeriods)} marked LONG: a longer period than the ${maxPeriodInDays} days of --max-period\n`,
      ),
    );
  }
  await terminal.out([...gapLines(terminal, survey.gaps), reasonLines(terminal, survey)].join(''));
}

async function surveyShown(store: Store, rollout: AssessedRollout): Promise<Survey> {
  const isShown = await filterOf(rollout);
  async function* shown() {
    for await (const finding of store.findings(rollout.id)) if (isShown(finding)) yield finding;
  }
  return assembleSurvey(shown(), yardstickOf(rollout));
}

interface FindingTable {
  readonly columns: readonly TableColumn[];
  readonly row: (finding: Finding) => string[];
  readonly kind: 'candidate' | 'enabled';
}

/** Only what can differ between candidates: they have type, state and setting in common. */
function candidateTable(rollout: AssessedRollout): FindingTable {
  const { scope, assessedAt } = rollout;
  const price = priceOfRollout(rollout);
  const cells: readonly (readonly [
    column: TableColumn,
    cell: (finding: Finding) => string,
    isShown?: boolean,
  ])[] = [
    [{ title: 'Account' }, ({ account }) => account, scope.accounts.length > 1],
    [{ title: 'Region' }, ({ region }) => region],
    [{ title: 'Key', identifier: true }, ({ keyId }) => keyId],
    [{ title: 'Alias' }, aliasesText],
    [{ title: 'Description' }, ({ Description = '' }) => Description],
    [{ title: 'Age', align: 'right' }, (finding) => ageText(finding, assessedAt)],
    [{ title: 'Replicas' }, replicasText],
    [{ title: 'Stack' }, ownerText],
    [{ title: 'Last use' }, lastUseText, scope.lastUsage === true],
    [{ title: `+ ${price.currency} a month`, align: 'right' }, (finding) => addedText(finding, price)],
  ];
  const shown = cells.filter(([, , isShown = true]) => isShown);
  return {
    kind: 'candidate',
    columns: shown.map(([column]) => column),
    row: (finding) => shown.map(([, cell]) => cell(finding)),
  };
}

const enabledTable = (maxPeriodInDays: number | undefined): FindingTable => ({
  kind: 'enabled',
  columns: [
    { title: 'Region' },
    { title: 'Key', identifier: true },
    { title: 'Alias' },
    { title: 'Description' },
    { title: 'Period', align: 'right' },
    { title: 'Next rotation' },
  ],
  row: (finding) => [
    finding.region,
    finding.keyId,
    aliasesText(finding),
    finding.Description ?? '',
    periodText(finding, maxPeriodInDays),
    finding.NextRotationDate === undefined ? 'not given' : dayText(finding.NextRotationDate),
  ],
});

function periodText(finding: Finding, maxPeriodInDays: number | undefined): string {
  const { RotationPeriodInDays: period } = finding;
  if (period === undefined) return 'not given';
  return `${isLongerThan(finding, maxPeriodInDays) ? 'LONG: ' : ''}${period} days`;
}

async function showRows(
  terminal: Terminal,
  total: number,
  { columns, row, kind }: FindingTable,
  findings: AsyncIterable<Finding>,
): Promise<void> {
  if (total === 0) return terminal.out('  none\n');
  const rows: string[][] = [];
  for await (const cells of mapRows(findings, row)) {
    rows.push(cells);
    if (rows.length === MOST_ROWS) break;
  }
  await terminal.out(renderTable(columns, rows, { width: terminal.width, colour: terminal.colour }));
  if (total > rows.length) {
    await terminal.out(`… and ${total - rows.length} more: keyturn list findings --finding ${kind}\n`);
  }
}

/** What all candidates together would cost, with what is not certain of it. */
function costLines(rollout: Rollout, { cost, costByAccount }: Survey): string {
  if (cost.keys === 0) return '';
  const price = priceOfRollout(rollout);
  const accounts =
    costByAccount.length < 2
      ? []
      : costByAccount
          .slice(0, MOST_ROWS)
          .map(
            ({ account, cost: own }) => `  ${account}: ${countKeys(own.keys)}, ${monthlyText(own, price)}`,
          );
  const rest = costByAccount.length - accounts.length;
  const lines = [
    `Cost of all ${count(cost.keys)}: ${monthlyText(cost, price)}.`,
    `By year, from the day it is turned on: ${yearlyText(cost, price, rollout.RotationPeriodInDays)}.`,
    ...accounts,
    ...(accounts.length > 0 && rest > 0 ? [`  … and ${counted(rest, 'more account')}`] : []),
    ...costCaveats(cost, price).map((caveat) => `  ${caveat}`),
  ];
  return lines.map((line) => `${forTerminal(line)}\n`).join('');
}

/** The stacks that would take a change back, each with what to write into its template. */
async function showStacks(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
  total: number,
): Promise<void> {
  if (total === 0) return;
  await terminal.out(`\n${terminal.bold(`In CloudFormation stacks: ${total}`)}\n`);
  let shown = 0;
  for await (const finding of visibleFindings(store, rollout, 'candidate')) {
    const stack = stackOf(finding.tags);
    if (!stack) continue;
    const { primaryAlias, keyId } = finding;
    await terminal.out(`  ${forTerminal(`${primaryAlias ?? keyId}: ${describeStack(stack, finding)}`)}\n`);
    if (++shown === MOST_LINES) break;
  }
  if (total > shown) await terminal.out(`  … and ${total - shown} more: the column stack of --csv\n`);
}

/** The candidates that configure may not be let to change, each with why. */
async function showRefusals(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
  { refused, conditional }: Survey['refusals'],
): Promise<void> {
  const total = refused + conditional;
  if (total === 0) return;
  const title = `Key policies that may refuse the change: ${total}`;
  await terminal.out(
    `\n${terminal.bold(terminal.yellow(title))} (${refused} probably, ${conditional} perhaps)\n`,
  );
  let shown = 0;
  for await (const finding of visibleFindings(store, rollout, 'candidate')) {
    const text = refusalText(finding);
    if (text === '') continue;
    await terminal.out(`  ${forTerminal(`${finding.primaryAlias ?? finding.keyId}: ${text}`)}\n`);
    if (++shown === MOST_LINES) break;
  }
  if (total > shown) await terminal.out(`  … and ${total - shown} more: the column warning of --csv\n`);
}

/** The keys that cannot be chosen, by reason, with what to do instead or what is missing. */
function reasonLines(terminal: Terminal, { reasons }: Survey): string {
  const lines = (title: string, chosen: Survey['reasons']) =>
    chosen.length === 0
      ? []
      : [
          `\n${terminal.bold(title)}\n`,
          ...chosen.map(
            ({ reason, count: keys, advice }) =>
              `  ${count(keys)} ${reason}: ${forTerminal(advice.join(' '))}\n`,
          ),
        ];
  const by = (basis: 'type' | 'state' | undefined) => reasons.filter((each) => each.basis === basis);
  return [
    ...lines('Ineligible by type', by('type')),
    ...lines('Ineligible by state', by('state')),
    ...lines('Unknown: nothing can be said of these', by(undefined)),
    '\n',
  ].join('');
}
