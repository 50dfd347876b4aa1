import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useEffect, useState } from 'react';
import { type Filter, GROUPS, type GroupProperty, type Property } from '../../src/model/review-words.ts';
import type { FindingsAnswer, ListedKey } from '../../src/web/shapes.ts';
import { type ListQuery, readFindings } from './api.ts';
import { KeyFilter } from './filter.tsx';
import { Groups } from './groups.tsx';
import { useNarrow } from './use-narrow.ts';
import type { ReviewState } from './use-review.ts';
import { count, keys, PROPERTY_WORDS, Said } from './words.tsx';

const SIZES = [25, 50, 100, 200].map((value) => ({ value, label: `${value} keys` }));

export interface Listing {
  readonly filter: Filter;
  readonly sort: Property;
  readonly descending: boolean;
  readonly page: number;
  readonly size: number;
  readonly group: GroupProperty | undefined;
}

export const queryOf = ({ group: _, ...rest }: Listing, selection = ''): ListQuery => ({
  ...rest,
  selection,
});

export const FIRST_LISTING: Listing = {
  filter: {
    operation: 'and',
    tokens: [{ property: 'finding', operator: '=', value: 'candidate' }],
    within: [],
  },
  sort: 'keyArn',
  descending: false,
  page: 1,
  size: 50,
  group: undefined,
};

interface Props {
  readonly review: ReviewState;
  readonly listing: Listing;
  readonly onListing: (change: Partial<Listing>) => void;
  readonly onShow: (keyArn: string) => void;
}

/** The keys of the rollout: found, sorted, grouped and cut into pages by the server. */
export function Keys({ review, listing, onListing, onShow }: Props) {
  const answer = useFindings(review, listing);
  const isNarrow = useNarrow();
  const { filter, group } = listing;
  const filterBar = (
    <SpaceBetween size="s">
      <KeyFilter
        filter={filter}
        onChange={(changed) => onListing({ filter: changed, page: 1 })}
        matches={answer?.total}
      />
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <GroupSelect group={group} onChange={(by) => onListing({ group: by, page: 1 })} />
        {filter.within.map(({ property, value }) => (
          <Button
            key={`${property} ${value}`}
            iconName="close"
            ariaLabel={`No longer only ${property && PROPERTY_WORDS[property]} ${value}`}
            onClick={() =>
              onListing({
                filter: { ...filter, within: filter.within.filter((each) => each.value !== value) },
                page: 1,
              })
            }
          >
            {property && PROPERTY_WORDS[property]} {value || 'none'}
          </Button>
        ))}
      </SpaceBetween>
    </SpaceBetween>
  );
  const header = <KeysHeader review={review} listing={listing} answer={answer} />;
  if (group !== undefined) {
    const open = (value: string) => {
      const within = [...filter.within, { property: group, operator: '=' as const, value }];
      onListing({ group: undefined, filter: { ...filter, within }, page: 1 });
    };
    return (
      <Groups
        review={review}
        filter={filter}
        by={group}
        header={header}
        filterBar={filterBar}
        onOpen={open}
      />
    );
  }
  return (
    <Table
      variant="container"
      stickyHeader={!isNarrow}
      resizableColumns={false}
      contentDensity="compact"
      wrapLines
      loading={answer === undefined}
      loadingText="Loading keys"
      items={answer?.findings ?? []}
      trackBy="keyArn"
      columnDefinitions={columns(onShow, isNarrow)}
      {...selecting(review, answer)}
      sortingColumn={{ sortingField: listing.sort }}
      sortingDescending={listing.descending}
      onSortingChange={({ detail }) =>
        onListing({
          sort: (detail.sortingColumn.sortingField ?? 'keyArn') as Property,
          descending: detail.isDescending ?? false,
          page: 1,
        })
      }
      header={header}
      filter={filterBar}
      pagination={
        <Pagination
          currentPageIndex={listing.page}
          pagesCount={Math.max(1, Math.ceil((answer?.total ?? 0) / listing.size))}
          onChange={({ detail }) => onListing({ page: detail.currentPageIndex })}
        />
      }
      preferences={
        <CollectionPreferences
          title="Preferences"
          confirmLabel="Confirm"
          cancelLabel="Cancel"
          preferences={{ pageSize: listing.size }}
          pageSizePreference={{ title: 'On one page', options: SIZES }}
          onConfirm={({ detail }) => onListing({ size: detail.pageSize ?? listing.size, page: 1 })}
        />
      }
      empty={<Box textAlign="center">No key matches.</Box>}
      ariaLabels={{
        tableLabel: 'Keys',
        selectionGroupLabel: 'Selection of keys',
        allItemsSelectionLabel: () => 'all keys on this page that can be decided on',
        itemSelectionLabel: (_, row) => `${row.alias || row.keyId} in ${row.account}, ${row.region}`,
      }}
    />
  );
}

function useFindings({ selection, version, setListed, caught }: ReviewState, listing: Listing) {
  const [answer, setAnswer] = useState<FindingsAnswer>();
  // An empty selection marks nothing: the first list need not wait for one.
  const id = selection && selection.keys > 0 ? selection.selection : '';
  const asked = JSON.stringify(queryOf(listing, id));
  useEffect(() => {
    let isCurrent = true;
    void version;
    readFindings(JSON.parse(asked)).then((read) => {
      setListed();
      if (isCurrent) setAnswer(read);
    }, caught);
    return () => {
      isCurrent = false;
    };
  }, [asked, version, setListed, caught]);
  return answer;
}

/** Ticks on the page are what the server holds as selected; a click asks it to change that. */
function selecting(
  { mayDecide, select }: ReviewState,
  answer: FindingsAnswer | undefined,
): Partial<TableProps<ListedKey>> {
  if (!mayDecide) return {};
  const rows = answer?.findings ?? [];
  const chosen = rows.filter(({ selected }) => selected);
  return {
    selectionType: 'multi',
    selectedItems: chosen,
    isItemDisabled: ({ selectable }) => !selectable,
    onSelectionChange: ({ detail }) => {
      const now = new Set(detail.selectedItems.map(({ keyArn }) => keyArn));
      const on = [...now].filter((keyArn) => !chosen.some((each) => each.keyArn === keyArn));
      const off = chosen.map(({ keyArn }) => keyArn).filter((keyArn) => !now.has(keyArn));
      if (on.length > 0) void select({ kind: 'keys', on: true, keyArns: on });
      if (off.length > 0) void select({ kind: 'keys', on: false, keyArns: off });
    },
  };
}

interface HeaderProps {
  readonly review: ReviewState;
  readonly listing: Listing;
  readonly answer: FindingsAnswer | undefined;
}

function KeysHeader({ review, listing, answer }: HeaderProps) {
  const { mayDecide, select } = review;
  const { filter } = listing;
  const rows = answer?.findings.filter(({ selectable }) => selectable) ?? [];
  const onPage = rows.filter(({ selected }) => !selected).map(({ keyArn }) => keyArn);
  const all = answer?.selectable ?? 0;
  const isAll = all > 0 && answer?.selected === all;
  return (
    <Header
      variant="h2"
      counter={answer && `(${count(answer.total)})`}
      description={
        answer && `${keys(answer.selectable)} of these can be decided on; ${count(answer.selected)} selected.`
      }
      actions={
        mayDecide && (
          <SpaceBetween direction="horizontal" size="xs">
            {listing.group === undefined && (
              <Button
                disabled={onPage.length === 0}
                onClick={() => void select({ kind: 'keys', on: true, keyArns: onPage })}
              >
                Select this page
              </Button>
            )}
            <Button
              disabled={all === 0}
              onClick={() => void select({ kind: 'matching', on: !isAll, filter })}
            >
              {isAll ? `Unselect all ${count(all)} that match` : `Select all ${count(all)} that match`}
            </Button>
          </SpaceBetween>
        )
      }
    >
      <span id="keys">Keys</span>
    </Header>
  );
}

function columns(
  onShow: (keyArn: string) => void,
  isNarrow: boolean,
): TableProps.ColumnDefinition<ListedKey>[] {
  const name = (row: ListedKey) => (
    <Link
      onFollow={(event) => {
        event.preventDefault();
        onShow(row.keyArn);
      }}
      href={`#${row.keyId}`}
      ariaLabel={`Details of ${row.alias || row.keyId}`}
    >
      <Said text={row.alias || row.keyId} />
    </Link>
  );
  const text = (property: Property & keyof ListedKey, minWidth = 110) => ({
    id: property,
    header: PROPERTY_WORDS[property],
    sortingField: property,
    minWidth,
    cell: (row: ListedKey) => <Said text={String(row[property])} />,
  });
  const status = {
    id: 'decision',
    header: 'Status',
    sortingField: 'decision',
    minWidth: 120,
    cell: (row: ListedKey) => <Status row={row} />,
  };
  if (isNarrow) {
    const cell = (row: ListedKey) => (
      <div>
        {name(row)}
        <div>
          {row.account} {row.region}
        </div>
        {row.description !== '' && <Brief text={row.description} />}
        <Status row={row} />
      </div>
    );
    return [{ id: 'key', header: 'Key', sortingField: 'alias', cell, isRowHeader: true }];
  }
  const brief = (property: 'description' | 'stack' | 'tags', minWidth: number) => ({
    ...text(property, minWidth),
    cell: (row: ListedKey) => <Brief text={row[property]} />,
  });
  return [
    { id: 'alias', header: 'Key', sortingField: 'alias', minWidth: 160, cell: name, isRowHeader: true },
    text('account', 135),
    text('region', 115),
    brief('description', 145),
    status,
    text('reason', 95),
    { ...text('lastUsed', 100), cell: ({ lastUse }) => <Brief text={lastUse} /> },
    {
      id: 'addsAMonth',
      header: 'Adds a month',
      minWidth: 85,
      cell: ({ addsAMonth }) => <Said text={addsAMonth} />,
    },
    text('warning', 90),
    brief('stack', 95),
    brief('tags', 125),
  ];
}

/** Long text, of which the details show the rest. */
const Brief = ({ text }: { text: string }) => (
  <div className="brief">
    <Said text={text} />
  </div>
);

const TYPES: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  approve: 'success',
  decline: 'stopped',
  defer: 'pending',
  undecided: 'info',
  applied: 'success',
  'already-in-place': 'success',
  skipped: 'warning',
  failed: 'error',
  pending: 'in-progress',
  unsettled: 'error',
  confirmed: 'success',
  discrepant: 'error',
  unreadable: 'warning',
};

const WORDS: Readonly<Record<string, string>> = {
  approve: 'approved',
  decline: 'declined',
  defer: 'deferred',
  applied: 'turned on',
  'already-in-place': 'was on already',
  pending: 'approved',
  unsettled: 'effect not known',
};

/** The furthest that a key has come. */
function Status({ row: { decision, outcome, verdict, finding } }: { row: ListedKey }) {
  const reached = verdict || outcome || decision;
  if (reached === '') return <>{finding === 'enabled' ? 'on' : <Said text="" />}</>;
  return <StatusIndicator type={TYPES[reached] ?? 'info'}>{WORDS[reached] ?? reached}</StatusIndicator>;
}

interface GroupSelectProps {
  readonly group: GroupProperty | undefined;
  readonly onChange: (group: GroupProperty | undefined) => void;
}

function GroupSelect({ group, onChange }: GroupSelectProps) {
  const none = { value: '', label: 'Not grouped' };
  const options = [none, ...GROUPS.map((value) => ({ value, label: `By ${PROPERTY_WORDS[value]}` }))];
  return (
    <Select
      ariaLabel="Group the keys"
      options={options}
      selectedOption={options.find(({ value }) => value === (group ?? '')) ?? none}
      onChange={({ detail }) =>
        onChange((detail.selectedOption.value || undefined) as GroupProperty | undefined)
      }
      expandToViewport
    />
  );
}
