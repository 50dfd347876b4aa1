import { hash } from 'node:crypto';
import type { Approval } from '../model/approval.ts';
import type { EntryBody, JournalEntry } from '../model/journal.ts';
import { EVERY_REGION } from '../model/plan.ts';
import type { PlaceRecord } from '../workflow/ports.ts';
import {
  approvalRow,
  assessedRow,
  changeRow,
  decisionRow,
  placeRow,
  rolloutRow,
  submittedRow,
  verdictRow,
} from './rows.ts';
import type { Tables } from './schema.ts';

/** The tables that follow from the journal, by the columns that name a row within a rollout: the one with fewer values first. */
export const ROW_KEYS = {
  rollouts: ['id'],
  places: ['account', 'region'],
  approvals: ['id'],
  submitted: ['approval', 'position'],
  decisions: ['approver', 'key_arn'],
  changes: ['key_arn'],
  verdicts: ['key_arn'],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;
export type DueTable = keyof typeof ROW_KEYS;

export type Row = Readonly<Record<string, unknown>>;

/**
 * The rows that entries of a journal come to, made by the very functions that made them when the entries were written.
 * Of each only its key and a digest are held.
 */
export class DueDigests {
  /** By the columns that name a row. */
  readonly #tables = new Map<DueTable, Map<unknown, Map<unknown, string>>>();
  #rollout = '';

  /** @param entry the next of the journal; of rows with one key the last holds */
  add(entry: JournalEntry): void {
    const { rollout, at } = entry;
    switch (entry.kind) {
      case 'assess-begun':
        this.#putRollout(rolloutRow(entry.body));
        break;
      case 'accounts-reached':
        this.#putReached(entry.body);
        break;
      case 'place-assessed':
      case 'place-unreachable':
        this.#put('places', placeRow(rollout, placeOf(entry)));
        break;
      case 'assess-completed':
        this.#putRollout(assessedRow(this.#rollout, at, entry.body.planDigest));
        break;
      case 'approval':
        this.#putApproval(entry.body, entry.seq);
        break;
      case 'intent':
        this.#put('changes', changeRow(rollout, entry.body.change));
        break;
      case 'outcome':
        this.#put('changes', changeRow(rollout, entry.body));
        break;
      case 'verdict':
        this.#put('verdicts', verdictRow(rollout, entry.body));
        break;
    }
  }

  /** Whether a row is due; it is due once. */
  take(table: DueTable, row: Row): boolean {
    const [first, second] = keyOf(table, row);
    const rows = this.#tables.get(table)?.get(first);
    if (rows?.get(second) !== digestOf(row)) return false;
    rows.delete(second);
    return true;
  }

  /** The key of a row that is due and was not taken. */
  findLeft(table: DueTable): unknown[] | undefined {
    for (const [first, rows] of this.#tables.get(table) ?? []) {
      for (const second of rows.keys()) return ROW_KEYS[table].length > 1 ? [first, second] : [second];
    }
    return undefined;
  }

  #putRollout(row: Tables['rollouts']): void {
    this.#rollout = row.record;
    this.#put('rollouts', row);
  }

  /** Places of these accounts stand where the accounts stood; until they are assessed they are in no entry. */
  #putReached({ accounts, rollout }: EntryBody<'accounts-reached'>): void {
    for (const account of accounts) this.#rowsLike('places', { account }).delete(EVERY_REGION);
    this.#putRollout(rolloutRow(rollout));
  }

  #putApproval({ decisions, ...header }: Approval, number: number): void {
    this.#put('approvals', approvalRow(header));
    for (const [position, decided] of decisions.entries()) {
      this.#put('submitted', submittedRow(header, position, decided));
      this.#put('decisions', decisionRow(header, number, decided));
    }
  }

  #put<T extends DueTable>(table: T, row: Tables[T]): void {
    const [, second] = keyOf(table, row);
    this.#rowsLike(table, row).set(second, digestOf(row));
  }

  /** The rows of a table that have the first column of the key in common. */
  #rowsLike(table: DueTable, row: Row): Map<unknown, string> {
    const [first] = keyOf(table, row);
    const groups = this.#tables.get(table) ?? new Map<unknown, Map<unknown, string>>();
    this.#tables.set(table, groups);
    const rows = groups.get(first) ?? new Map<unknown, string>();
    groups.set(first, rows);
    return rows;
  }
}

function keyOf(table: DueTable, row: Row): readonly [unknown, unknown] {
  const [first, second] = ROW_KEYS[table];
  return second === undefined ? ['', row[first]] : [row[first], row[second]];
}

/** @param row its columns in the order of the table */
const digestOf = (row: Row): string => hash('sha256', JSON.stringify(Object.values(row)), 'binary');

function placeOf(
  entry: Extract<JournalEntry, { kind: 'place-assessed' | 'place-unreachable' }>,
): PlaceRecord {
  const { at } = entry;
  if (entry.kind === 'place-unreachable') return { kind: 'unreachable', place: entry.body, at };
  const { listed, awsManaged, ...place } = entry.body;
  return { kind: 'assessed', place, listed, awsManaged, at };
}
