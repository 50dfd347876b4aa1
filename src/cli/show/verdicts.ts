import { describeFailure } from '../../model/failure.ts';
import { NOT_APPLIED } from '../../model/outcome.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import type { Verdict } from '../../model/verdict.ts';
import { streamTableIfAny } from '../../report/table.ts';
import type { Store } from '../../workflow/ports.ts';
import { readOutcomes } from '../../workflow/rollout/outcomes.ts';
import type { CheckResult } from '../../workflow/validate/validate.ts';
import type { Session } from '../session/session.ts';
import { fixLines } from './fixes.ts';
import { whyNot } from './outcomes.ts';
import { printJson } from './print.ts';

/** Totals of a validation, and each key that a person has to look at. */
export async function showVerdicts(
  { store, terminal }: Session,
  rollout: AssessedRollout,
  { check, totals }: CheckResult,
): Promise<void> {
  if (terminal.json) return printJson(terminal, { rollout: rollout.id, check, ...totals });
  const { requested, confirmed, discrepant, unreadable, notChanged } = totals;
  await terminal.out(
    `${requested} requested = ${terminal.bold(`${confirmed} confirmed`)} + ${discrepant} discrepant + ${unreadable} unreadable + ${notChanged} not changed\n`,
  );
  let before = '\n';
  for await (const chunk of streamTableIfAny(COLUMNS, remarkableRows(store, rollout), terminal)) {
    await terminal.out(before + chunk);
    before = '';
  }
  for (const line of await fixLines(store.verdicts(rollout.id))) await terminal.out(line);
}

const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Verdict' },
  { title: 'Details' },
];

/** What a person has to look at, and every approved key that there was nothing to validate on. */
async function* remarkableRows(store: Store, { id }: AssessedRollout): AsyncGenerator<string[]> {
  for await (const verdict of store.verdicts(id)) yield* verdictRows(verdict);
  for await (const each of readOutcomes(store, id, { outcomes: NOT_APPLIED }))
    yield [each.region, each.keyId, `not changed: ${each.status}`, whyNot(each)];
}

/** Every verdict but a plain confirmation, and replicas that lag. */
function verdictRows(each: Verdict): string[][] {
  const { region, keyId, kind, differences, error, rotations, replicas } = each;
  const notRead = rotations?.kind === 'unreadable' ? [`rotations not read: ${rotations.error.code}`] : [];
  const details = [
    ...differences.map(({ fact, expected, actual }) => `${fact}: expected ${expected}, is ${actual}`),
    ...(error ? [describeFailure(error)] : []),
    ...notRead,
  ].join('; ');
  return [
    ...(details === '' ? [] : [[region, keyId, kind, details]]),
    ...replicas
      .filter((replica) => replica.kind !== 'confirmed')
      .map((replica) => [
        replica.region,
        keyId,
        `replica ${replica.kind}`,
        replica.reason ?? 'mirrors its primary later',
      ]),
  ];
}
