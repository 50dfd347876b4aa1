import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import { useState } from 'react';
import {
  type Filter,
  type FilterToken,
  GROUPS,
  PROPERTIES,
  type Property,
} from '../../src/model/review-words.ts';
import { readGroups } from './api.ts';
import { PROPERTY_WORDS } from './words.tsx';

const TEXT = [':', '!:', '=', '!=', '^', '!^'] as const;
const DATE = ['>=', '<=', '>', '<', ':', '='] as const;
const isGroup = (property: string): property is (typeof GROUPS)[number] =>
  (GROUPS as readonly string[]).includes(property);

const isDate = (property: string): boolean => ['created', 'lastUsed', 'expires'].includes(property);

const FILTERING: PropertyFilterProps.FilteringProperty[] = PROPERTIES.map((key) => ({
  key,
  propertyLabel: PROPERTY_WORDS[key],
  groupValuesLabel: `Values of ${PROPERTY_WORDS[key]}`,
  operators: isDate(key) ? DATE : isGroup(key) || key === 'selected' ? ['=', '!=', ':', '!:'] : TEXT,
  defaultOperator: isDate(key) ? '>=' : isGroup(key) || key === 'selected' ? '=' : ':',
}));

const SELECTED_VALUES = ['yes', 'no'].map((value) => ({ propertyKey: 'selected', value }));

interface Props {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
  readonly matches: number | undefined;
}

/** The filter, in the words that the server takes. Values are offered as the server knows them. */
export function KeyFilter({ filter, onChange, matches }: Props) {
  const [options, setOptions] = useState<PropertyFilterProps.FilteringOption[]>(SELECTED_VALUES);
  const load = async (property: string | undefined) => {
    if (property === undefined || !isGroup(property)) return;
    const { groups } = await readGroups(property, { operation: 'and', tokens: [], within: [] }, '');
    const found = groups
      .filter(({ value }) => value !== '')
      .map(({ value }) => ({ propertyKey: property, value }));
    setOptions((known) => [...known.filter(({ propertyKey }) => propertyKey !== property), ...found]);
  };
  return (
    <PropertyFilter
      query={{ operation: filter.operation, tokens: filter.tokens.map(toQuery) }}
      filteringProperties={FILTERING}
      filteringOptions={options}
      onLoadItems={({ detail }) => void load(detail.filteringProperty?.key)}
      onChange={({ detail }) =>
        onChange({ ...filter, operation: detail.operation, tokens: detail.tokens.flatMap(fromQuery) })
      }
      filteringPlaceholder="Find keys by account, alias, tag, …"
      filteringAriaLabel="Find keys"
      expandToViewport
      countText={matches === undefined ? '' : `${matches.toLocaleString('en')} match`}
    />
  );
}

const toQuery = ({ property, operator, value }: FilterToken): PropertyFilterProps.Token => ({
  ...(property !== undefined && { propertyKey: property }),
  operator,
  value,
});

const fromQuery = ({ propertyKey, operator, value }: PropertyFilterProps.Token): FilterToken[] =>
  typeof value === 'string' && value !== ''
    ? [
        {
          ...(propertyKey !== undefined && { property: propertyKey as Property }),
          operator: operator as FilterToken['operator'],
          value,
        },
      ]
    : [];
