import { type Kysely, sql } from 'kysely';
import type { Finding } from '../../model/finding.ts';
import type { PageQuery, ReviewGroup, ReviewPage, ReviewRow, SelectionChange } from '../../model/review.ts';
import type { Filter, GroupProperty } from '../../model/review-words.ts';
import type { Review, SelectedPlace } from '../../workflow/ports.ts';
import type { Tables } from '../schema.ts';
import { columnOf, conditionOf, keysFrom, SELECTABLE } from './conditions.ts';
import { makeReviewTables, RECORD_COLUMNS, type ReviewTables } from './table.ts';

/** More groups than this are more than a person reads. */
const MOST_GROUPS = 1000;

export async function openReview(
  store: Kysely<Tables>,
  rollout: string,
  isShown?: (finding: Finding) => boolean,
): Promise<Review> {
  const db = await makeReviewTables(store, rollout, isShown);
  return {
    page: (query, selection) => readPage(db, rollout, query, selection),
    groups: (by, filter, selection) => readGroups(db, rollout, by, filter, selection),
    select: (selection, change) => changeSelection(db, rollout, selection, change),
    selectedPlaces: (selection) => countSelected(db, rollout, selection),
    selectedCosts: async (selection) => {
      const { rows } = await sql<{
        keyArn: string;
        keys: number;
      }>`select min(k.key_arn) as keyArn, count(*) as keys
        from ${keysFrom(rollout, selection)} where s.key_arn is not null and ${SELECTABLE} group by k.costs`.execute(
        db,
      );
      return rows;
    },
    selectedKeys: async (selection) => {
      const { rows } = await sql<{
        keyArn: string;
      }>`select k.key_arn as keyArn from ${keysFrom(rollout, selection)}
        where s.key_arn is not null and ${SELECTABLE} order by k.key_arn`.execute(db);
      return rows.map(({ keyArn }) => keyArn);
    },
    dropSelection: async (selection) => {
      await sql`delete from review_selected where selection = ${selection}`.execute(db);
    },
  };
}

const ROW_COLUMNS = [
  sql`k.key_arn as keyArn, k.account, k.region, k.finding`,
  ...RECORD_COLUMNS.map((name) => sql`${sql.ref(`k.${name}`)} as ${sql.ref(name)}`),
  sql`${columnOf('decision')} as decision, ${columnOf('outcome')} as outcome, ${columnOf('verdict')} as verdict,
    ${columnOf('approver')} as approver, ${columnOf('expires')} as expires`,
];

type Flags = { readonly selectable: number; readonly selected: number };

async function readPage(
  db: Kysely<ReviewTables>,
  rollout: string,
  { filter, sort, descending, page, size }: PageQuery,
  selection: string,
): Promise<ReviewPage> {
  const keys = keysFrom(rollout, selection);
  const matching = sql`from ${keys} where ${conditionOf(filter)}`;
  const direction = sql.raw(descending ? 'desc' : 'asc');
  const order = sql`order by ${columnOf(sort)} ${direction}, k.key_arn ${direction}`;
  // First which keys, then what is shown of them: far down a long list, whole rows would be sorted for nothing.
  const { rows } = await sql<Omit<ReviewRow, keyof Flags> & Flags>`
    select ${sql.join(ROW_COLUMNS)}, ${SELECTABLE} as selectable, s.key_arn is not null as selected
    from ${keys} where k.key_arn in (
      select k.key_arn ${matching} ${order} limit ${size} offset ${(page - 1) * size}) ${order}`.execute(db);
  const counted = await sql<{ total: number } & Flags>`select count(*) as total,
    count(iif(${SELECTABLE}, 1, null)) as selectable,
    count(iif(${SELECTABLE}, s.key_arn, null)) as selected ${matching}`.execute(db);
  const { total = 0, selectable = 0, selected = 0 } = counted.rows[0] ?? {};
  return { rows: rows.map(withFlags), total, selectable, selected };
}

const withFlags = (row: Omit<ReviewRow, keyof Flags> & Flags): ReviewRow => ({
  ...row,
  selectable: row.selectable === 1,
  selected: row.selectable === 1 && row.selected === 1,
});

async function readGroups(
  db: Kysely<ReviewTables>,
  rollout: string,
  by: GroupProperty,
  filter: Filter,
  selection: string,
): Promise<ReviewGroup[]> {
  const { rows } = await sql<ReviewGroup>`select ${columnOf(by)} as value, count(*) as keys,
    count(iif(k.finding = 'candidate', 1, null)) as candidates,
    count(iif(k.finding = 'enabled', 1, null)) as enabled,
    count(iif(k.finding = 'unknown', 1, null)) as unknown,
    count(iif(${SELECTABLE}, 1, null)) as selectable,
    count(iif(${SELECTABLE}, s.key_arn, null)) as selected
    from ${keysFrom(rollout, selection)} where ${conditionOf(filter)}
    group by 1 order by keys desc, value limit ${MOST_GROUPS}`.execute(db);
  return rows;
}

/** A selection is of exact keys from the moment it is made: what comes to match later is not in it. */
async function changeSelection(
  db: Kysely<ReviewTables>,
  rollout: string,
  selection: string,
  change: SelectionChange,
): Promise<void> {
  const condition =
    change.kind === 'keys'
      ? sql`k.key_arn in (select value from json_each(${JSON.stringify(change.keyArns)}))`
      : conditionOf(change.filter);
  const matching = sql`from ${keysFrom(rollout, selection)} where ${condition}`;
  await (change.on
    ? sql`insert or ignore into review_selected select ${selection}, k.key_arn ${matching} and ${SELECTABLE}`
    : sql`delete from review_selected where selection = ${selection}
        and key_arn in (select k.key_arn ${matching})`
  ).execute(db);
}

async function countSelected(
  db: Kysely<ReviewTables>,
  rollout: string,
  selection: string,
): Promise<SelectedPlace[]> {
  const { rows } = await sql<SelectedPlace>`select k.account, k.region, count(*) as keys
    from ${keysFrom(rollout, selection)} where s.key_arn is not null and ${SELECTABLE}
    group by k.account, k.region order by k.account, k.region`.execute(db);
  return rows;
}
