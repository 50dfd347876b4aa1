import { renderTable } from '../../report/table.ts';
import { type RolloutStatus, statusOf } from '../../workflow/rollout/status.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { withSession } from '../session/session.ts';
import type { StatusOptions } from '../settings/takes.ts';
import { nextCommand } from '../show/command-line.ts';
import { notSeenText } from '../show/counts.ts';
import { printJson } from '../show/print.ts';
import { readRequiredApprovers } from '../signing/trusted-keys.ts';
import type { Terminal } from '../terminal.ts';

/** `keyturn rollouts`: every rollout of the store, newest first. */
export async function runRollouts(options: StatusOptions): Promise<ExitCode> {
  return withSession(options, 'read', async ({ store, terminal }) => {
    const statuses: RolloutStatus[] = [];
    const approvers = await readRequiredApprovers(options);
    for (const rollout of await store.listRollouts())
      statuses.push(await statusOf(store, rollout, new Date(), approvers));
    if (terminal.json)
      await printJson(terminal, {
        rollouts: statuses.map((each) => ({ ...each, next: nextCommand(options, each) })),
      });
    else await terminal.out(tableOf(statuses, terminal));
    return EXIT.done;
  });
}

const COLUMNS = [
  { title: 'Rollout', identifier: true },
  { title: 'Begun' },
  { title: 'Accounts' },
  { title: 'Regions', align: 'right' as const },
  { title: 'Phase' },
  { title: 'Candidates', align: 'right' as const },
  { title: 'Approved', align: 'right' as const },
  { title: 'Enabled', align: 'right' as const },
  { title: 'Open' },
];
const NOT_SEEN = { title: 'Not seen' };

/** What could not be seen has its column only if there is something. */
function tableOf(statuses: readonly RolloutStatus[], terminal: Terminal): string {
  const isAny = statuses.some(({ notSeen }) => notSeenText(notSeen) !== '');
  const columns = isAny ? [...COLUMNS, NOT_SEEN] : COLUMNS;
  const row = (status: RolloutStatus) => [...toRow(status), ...(isAny ? [notSeenText(status.notSeen)] : [])];
  return renderTable(columns, statuses.map(row), terminal);
}

function toRow({ rollout, createdAt, scope, phase, candidate, outcomes, open }: RolloutStatus): string[] {
  const approved = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const cells = [candidate, approved, outcomes.applied + outcomes['already-in-place']].map(String);
  return [
    rollout,
    createdAt,
    scope.accounts.length > 1 ? `${scope.accounts.length} accounts` : scope.accounts.join(', '),
    String(scope.regions.length),
    phase,
    ...cells,
    open ? 'yes' : 'no',
  ];
}
