import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { type ReactNode, useEffect, useState } from 'react';
import type { ReviewGroup } from '../../src/model/review.ts';
import type { Filter, GroupProperty } from '../../src/model/review-words.ts';
import { readGroups } from './api.ts';
import type { ReviewState } from './use-review.ts';
import { count, PROPERTY_WORDS, Said } from './words.tsx';

interface Props {
  readonly review: ReviewState;
  readonly filter: Filter;
  readonly by: GroupProperty;
  readonly header: ReactNode;
  readonly filterBar: ReactNode;
  readonly onOpen: (value: string) => void;
}

/** The keys that match, counted by one property; a tick is for all of a group that can be decided on. */
export function Groups({ review, filter, by, header, filterBar, onOpen }: Props) {
  const { mayDecide, select, selection, version, caught } = review;
  const [groups, setGroups] = useState<readonly ReviewGroup[]>();
  const id = selection?.selection ?? '';
  const asked = JSON.stringify(filter);
  useEffect(() => {
    void version;
    let isCurrent = true;
    readGroups(by, JSON.parse(asked), id).then((read) => isCurrent && setGroups(read.groups), caught);
    return () => {
      isCurrent = false;
    };
  }, [by, asked, id, version, caught]);
  const chosen =
    groups?.filter(({ selectable, selected }) => selectable > 0 && selected === selectable) ?? [];
  const change = async (now: readonly ReviewGroup[]) => {
    for (const group of groups ?? []) {
      const on = now.includes(group);
      if (on === chosen.includes(group)) continue;
      const within = [...filter.within, { property: by, operator: '=' as const, value: group.value }];
      await select({ kind: 'matching', on, filter: { ...filter, within } });
    }
  };
  return (
    <Table
      variant="container"
      contentDensity="compact"
      loading={groups === undefined}
      loadingText="Loading groups"
      items={groups ?? []}
      trackBy="value"
      header={header}
      filter={filterBar}
      {...(mayDecide && {
        selectionType: 'multi',
        selectedItems: chosen,
        isItemDisabled: ({ selectable }: ReviewGroup) => selectable === 0,
        onSelectionChange: ({ detail }: { detail: { selectedItems: ReviewGroup[] } }) =>
          void change(detail.selectedItems),
      })}
      columnDefinitions={[
        {
          id: 'value',
          header: PROPERTY_WORDS[by],
          isRowHeader: true,
          cell: ({ value }) => (
            <Link
              href="#keys"
              ariaLabel={`Show the keys of ${value || 'none'}`}
              onFollow={(event) => {
                event.preventDefault();
                onOpen(value);
              }}
            >
              <Said text={value} none="none" />
            </Link>
          ),
        },
        { id: 'keys', header: 'Keys', cell: (group) => count(group.keys) },
        { id: 'candidates', header: 'Candidates', cell: ({ candidates }) => count(candidates) },
        {
          id: 'selected',
          header: 'Selected',
          cell: ({ selected, selectable }) => `${count(selected)} of ${count(selectable)}`,
        },
      ]}
      ariaLabels={{
        tableLabel: `Keys by ${PROPERTY_WORDS[by]}`,
        selectionGroupLabel: 'Selection of groups',
        allItemsSelectionLabel: () => 'all groups',
        itemSelectionLabel: (_, { value }) => `all keys of ${value || 'none'}`,
      }}
    />
  );
}
