import type { Counts, PlaceCounts } from '../../model/plan.ts';
import type { RolloutRecord } from '../../report/record.ts';
import { renderTable } from '../../report/table.ts';
import type { Terminal } from '../terminal.ts';

export function totalCounts(places: readonly PlaceCounts[]): Counts {
  const total = { listed: 0, candidate: 0, enabled: 0, ineligible: 0, unknown: 0, awsManaged: 0 };
  for (const place of places) for (const name of COUNT_NAMES) total[name] += place[name];
  return total;
}

const COUNT_NAMES = ['listed', 'candidate', 'enabled', 'ineligible', 'unknown', 'awsManaged'] as const;

/** The posture at a glance. */
export async function showAssessment(terminal: Terminal, record: RolloutRecord): Promise<void> {
  const { rollout, places } = record;
  const totals = totalCounts(places);
  const rows = places.map((place) => [place.region, ...COUNT_NAMES.map((name) => String(place[name]))]);
  await terminal.out(`${rollout.id} ${totals.listed}\n`);
  await terminal.out(
    renderTable(
      ['Region', ...COUNT_NAMES].map((title) => ({ title })),
      rows,
      terminal,
    ),
  );
}
