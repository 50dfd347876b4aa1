import { createHash } from 'node:crypto';
import type { RolloutRecord } from '../record.ts';
import { inBatches, type Rows } from '../rows.ts';
import type { GroupRow, Inline, Row } from './model.ts';
import { code } from './phrases.ts';

interface KeyedRow {
  readonly keyArn: string;
  readonly account: string;
  readonly region: string;
}

/** The place in the report that has all of one key: attention points there. */
export const anchorOf = (kind: 'outcome' | 'verdict' | 'unknown', keyArn: string): string =>
  `${kind}-${createHash('sha256').update(keyArn).digest('hex').slice(0, 16)}`;

export type KeyCell = Extract<Inline, { keyArn: string }>;

/**
 * Rows about keys, each key with its alias; in a rollout over several accounts a row with the place precedes its keys.
 * @param change makes the rows of one key; `key` is its cell
 */
export async function* keyRows<T extends KeyedRow>(
  record: RolloutRecord,
  rows: Rows<T>,
  change: (row: T, key: KeyCell) => readonly Row[],
): AsyncGenerator<Row | GroupRow> {
  const isGrouped = record.rollout.scope.accounts.length > 1;
  let place = '';
  for await (const batch of inBatches(rows)) {
    const aliases = await record.aliases(batch.map(({ keyArn }) => keyArn));
    for (const row of batch) {
      const { account, region, keyArn } = row;
      if (isGrouped && place !== `${account} ${region}`) {
        place = `${account} ${region}`;
        yield { group: ['Account ', code(account), ', ', code(region)] };
      }
      yield* change(row, { keyArn, name: aliases.get(keyArn) });
    }
  }
}
