import { isUnknownSigner, nameApprover, type TrustedKey } from '../../evidence/trust.ts';
import { KeyturnError } from '../../messages/error.ts';
import { DECISIONS, type DecidedKey } from '../../model/approval.ts';
import { FINDINGS, type FindingKind } from '../../model/finding.ts';
import { OUTCOMES, type OutcomeKind } from '../../model/outcome.ts';
import { priceOfRollout } from '../../model/prices.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { VERDICTS } from '../../model/verdict.ts';
import { decisionsCsv, findingsCsv, outcomesCsv, verdictsCsv } from '../../report/csv.ts';
import { withDerived } from '../../report/derived.ts';
import { recordLines } from '../../report/lines.ts';
import { mapRows } from '../../report/rows.ts';
import { streamTable } from '../../report/table.ts';
import type { Store } from '../../workflow/ports.ts';
import { readVerdictRows } from '../../workflow/report/verdict-rows.ts';
import { chooseRollout } from '../../workflow/rollout/choose-rollout.ts';
import { readOutcomes } from '../../workflow/rollout/outcomes.ts';
import { filterOf } from '../../workflow/rollout/visible-findings.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { withSession } from '../session/session.ts';
import type { ListOptions } from '../settings/takes.ts';
import { COLUMNS as FINDING_COLUMNS, toRow as toFindingRow } from '../show/findings.ts';
import { whyNot } from '../show/outcomes.ts';
import { warnOfRecord } from '../show/record-problem.ts';
import { readApprovers } from '../signing/trusted-keys.ts';
import type { Terminal } from '../terminal.ts';

/** `keyturn list`: one record a key, as a table, as CSV, or as JSON Lines. */
export async function runList(what: string, options: ListOptions): Promise<ExitCode> {
  const asked = parseListing(what, options);
  return withSession(options, 'read', async ({ store, terminal }) => {
    const rollout = await chooseRollout(store, options.rollout);
    const approvers = await readApprovers(options);
    const listing = await LISTINGS[asked.what](store, rollout, asked.kind, options.filter, approvers);
    const text = options.json
      ? recordLines(listing.rows)
      : options.csv
        ? listing.csv()
        : listing.table(terminal);
    for await (const chunk of text) {
      await terminal.out(chunk);
      if (terminal.isClosed()) return EXIT.done;
    }
    const problem = await warnOfRecord(terminal, store, rollout);
    return problem === undefined ? EXIT.done : EXIT.incomplete;
  });
}

interface Listing {
  readonly rows: AsyncIterable<object> | Iterable<object>;
  csv(): AsyncIterable<string>;
  table(terminal: Terminal): AsyncIterable<string>;
}

type Listed = 'findings' | 'decisions' | 'outcomes' | 'verdicts';

const LISTINGS: Readonly<
  Record<
    Listed,
    (
      store: Store,
      rollout: AssessedRollout,
      kind: string | undefined,
      expression: string | undefined,
      approvers: readonly TrustedKey[],
    ) => Promise<Listing>
  >
> = {
  findings: async (store, rollout, kind, expression) => {
    const { id, planDigest } = rollout;
    const price = priceOfRollout(rollout);
    const found = store.findings(id, kind === undefined ? {} : { kind: kind as FindingKind });
    const rows = filterRows(found, await filterOf({ scope: { filter: expression } }));
    return {
      rows: mapRows(rows, (finding) => withDerived(finding, price)),
      csv: () => findingsCsv(rows, planDigest, price),
      table: (terminal) =>
        streamTable(
          [{ title: 'Finding' }, ...FINDING_COLUMNS, { title: 'Why' }],
          mapRows(rows, (finding) => [finding.kind, ...toFindingRow(finding), finding.reason ?? '']),
          terminal,
        ),
    };
  },
  decisions: async (store, { id }, kind, _, approvers) => {
    const rows = filterRows(store.decisions(id), ({ choice }) => kind === undefined || choice === kind);
    const approvals = await store.approvals(id);
    const isUnknown = ({ approver = '' }: DecidedKey) => isUnknownSigner(approvers, approver);
    return {
      rows: mapRows(rows, (row) => (isUnknown(row) ? { ...row, unknownKey: true } : row)),
      csv: () => decisionsCsv(rows, approvals),
      table: (terminal) =>
        streamTable(
          columns('Decision', 'By', 'Until', 'Reason'),
          mapRows(rows, (row) => toDecisionRow(row, approvers)),
          terminal,
        ),
    };
  },
  outcomes: async (store, { id }, kind) => {
    const rows = readOutcomes(store, id, kind === undefined ? {} : { outcomes: [kind as OutcomeKind] });
    return {
      rows,
      csv: () => outcomesCsv(rows),
      table: (terminal) =>
        streamTable(
          columns('Outcome', 'Why'),
          mapRows(rows, (each) => [each.region, each.keyId, each.status, whyNot(each)]),
          terminal,
        ),
    };
  },
  verdicts: async (store, { id }, filter) => {
    const rows = filterRows(
      readVerdictRows(store, id),
      ({ kind }) => filter === undefined || kind === filter,
    );
    return {
      rows,
      csv: () => verdictsCsv(rows),
      table: (terminal) =>
        streamTable(
          columns('Verdict', 'Why'),
          mapRows(rows, (each) => [each.region, each.keyId, each.kind, each.reason ?? '']),
          terminal,
        ),
    };
  },
};

function toDecisionRow(
  { region, keyId, choice, ...held }: DecidedKey,
  approvers: readonly TrustedKey[],
): string[] {
  const { approver = '', declinedBy = [approver], expiresAt = '', reason = '' } = held;
  const names = declinedBy.map((each) => nameApprover(approvers, each));
  return [region, keyId, choice, names.join(', '), expiresAt, reason];
}

const columns = (...titles: readonly string[]) => [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  ...titles.map((title) => ({ title })),
];

const KINDS: Readonly<
  Record<
    Listed,
    { readonly option: 'finding' | 'decision' | 'outcome' | 'verdict'; readonly kinds: readonly string[] }
  >
> = {
  findings: { option: 'finding', kinds: FINDINGS },
  decisions: { option: 'decision', kinds: [...DECISIONS, 'undecided'] },
  outcomes: { option: 'outcome', kinds: OUTCOMES },
  verdicts: { option: 'verdict', kinds: [...VERDICTS, 'not-changed', 'not-validated'] },
};

/** Every problem of the arguments, before the store is opened. */
function parseListing(what: string, options: ListOptions): { what: Listed; kind?: string } {
  if (!isListed(what)) {
    throw badArgument(`There is no listing of ${what}.`, `List one of: ${Object.keys(KINDS).join(', ')}.`);
  }
  if (options.csv && options.json)
    throw badArgument('--csv and --json exclude each other.', 'Leave one out.');
  if (options.filter !== undefined && what !== 'findings') {
    throw badArgument(`--filter does not filter ${what}.`, 'Leave it out, or list findings.');
  }
  for (const { option } of Object.values(KINDS)) {
    if (options[option] !== undefined && option !== KINDS[what].option) {
      throw badArgument(`--${option} does not filter ${what}.`, `Use --${KINDS[what].option}.`);
    }
  }
  const kind = options[KINDS[what].option];
  if (kind === undefined) return { what };
  if (KINDS[what].kinds.includes(kind)) return { what, kind };
  throw badArgument(
    `There is no ${KINDS[what].option} ${kind}.`,
    `Use one of: ${KINDS[what].kinds.join(', ')}.`,
  );
}

const isListed = (what: string): what is Listed => Object.hasOwn(KINDS, what);

const badArgument = (message: string, fix: string) => new KeyturnError('input-argument', message, fix);

async function* filterRows<T>(rows: AsyncIterable<T>, keep: (row: T) => boolean): AsyncGenerator<T> {
  for await (const row of rows) if (keep(row)) yield row;
}
