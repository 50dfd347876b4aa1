import type { Finding, FindingKind } from '../../model/finding.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { forTerminal } from '../../report/escape.ts';
import { renderTable } from '../../report/table.ts';
import type { Store } from '../../workflow/ports.ts';
import { shownFindings } from '../../workflow/shown.ts';
import type { Terminal } from '../terminal.ts';

const MOST_ROWS = 50;

export const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Alias' },
  { title: 'Description' },
  { title: 'Usage' },
  { title: 'Spec' },
  { title: 'State' },
  { title: 'Rotation' },
];

/** Shows the candidates beside the keys that are on already: what can be chosen, and what will not be touched. */
export async function showForApproval(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
): Promise<void> {
  const { id, planDigest, RotationPeriodInDays, scope } = rollout;
  await terminal.out(`Plan ${planDigest} of rollout ${id}\n`);
  if (scope.where !== undefined) await terminal.out(`Only where ${forTerminal(scope.where)}\n`);
  await terminal.out('\n');
  await terminal.out(
    `${terminal.bold('Candidates')} (rotation is off; approved ones will rotate every ${RotationPeriodInDays} days)\n`,
  );
  await showFindings(terminal, store, rollout, 'candidate');
  await terminal.out(`\n${terminal.bold('Already enabled')} (to see, not to touch)\n`);
  await showFindings(terminal, store, rollout, 'enabled');
  await terminal.out('\n');
}

async function showFindings(
  terminal: Terminal,
  store: Store,
  rollout: AssessedRollout,
  kind: FindingKind,
): Promise<void> {
  const rows: string[][] = [];
  let count = 0;
  for await (const finding of shownFindings(store, rollout, kind)) {
    count += 1;
    if (rows.length < MOST_ROWS) rows.push(toRow(finding));
  }
  if (count === 0) return terminal.out('  none\n');
  await terminal.out(renderTable(COLUMNS, rows, { width: terminal.width, colour: terminal.colour }));
  if (count > rows.length) {
    await terminal.out(`… and ${count - rows.length} more: keyturn list findings --finding ${kind}\n`);
  }
}

export function toRow(finding: Finding): string[] {
  const {
    region,
    keyId,
    aliases = [],
    Description = '',
    KeyUsage = '',
    KeySpec = '',
    KeyState = '',
  } = finding;
  return [
    region,
    keyId,
    aliases.join(', '),
    Description,
    KeyUsage,
    KeySpec,
    KeyState,
    rotationWords(finding),
  ];
}

function rotationWords({ rotation, RotationPeriodInDays }: Finding): string {
  return RotationPeriodInDays === undefined ? rotation : `${rotation}, ${RotationPeriodInDays} days`;
}
