import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { Counts } from '../../src/model/plan.ts';
import { countPosture, type PostureCounts } from '../../src/model/posture.ts';
import type { ReviewGroup } from '../../src/model/review.ts';
import { EVERY_KEY, type FilterToken, type GroupProperty } from '../../src/model/review-words.ts';
import type { Overview } from '../../src/web/shapes.ts';
import { readGroups } from './api.ts';
import type { ReviewState } from './use-review.ts';
import { count, keys, PROPERTY_WORDS, Said, utcText } from './words.tsx';

const CHARTS = ['account', 'region', 'reason'] as const satisfies readonly GroupProperty[];
const MOST_BARS = 6;

interface Props {
  readonly review: ReviewState;
  readonly onFilter: (token: FilterToken) => void;
}

/** How the keys stand: all of them, and by account, Region and reason. A bar leads to its keys. */
export function Posture({ review, onFilter }: Props) {
  const { overview, isListed, caught } = review;
  const [groups, setGroups] = useState<Partial<Record<GroupProperty, readonly ReviewGroup[]>>>({});
  useEffect(() => {
    if (!isListed) return;
    for (const by of CHARTS) {
      readGroups(by, EVERY_KEY, '').then(
        (answer) => setGroups((known) => ({ ...known, [by]: answer.groups })),
        caught,
      );
    }
  }, [isListed, caught]);
  return (
    <Container header={<Header variant="h2">Posture</Header>}>
      <SpaceBetween size="l">
        <Figures overview={overview} />
        {overview && <Refusals refusals={overview.refusals} onFilter={onFilter} />}
        <ExpandableSection headerText="By account, Region and reason, when assessed" defaultExpanded>
          <ColumnLayout columns={3}>
            {CHARTS.map((by) => (
              <Chart key={by} by={by} groups={groups[by] ?? []} onFilter={onFilter} />
            ))}
          </ColumnLayout>
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

const REFUSALS = [
  { kind: 'refused', words: 'whose key policy will probably refuse the change' },
  { kind: 'conditional', words: 'whose key policy may refuse the change' },
] as const;

/** Candidates that configure may not be let to change; each count leads to its keys. */
function Refusals({ refusals, onFilter }: Pick<Props, 'onFilter'> & Pick<Overview, 'refusals'>) {
  const warned = REFUSALS.filter(({ kind }) => refusals[kind] > 0);
  if (warned.length === 0) return null;
  return (
    <Alert type="warning">
      {warned.map(({ kind, words }) => (
        <div key={kind}>
          <Link
            href="#keys"
            onFollow={(event) => {
              event.preventDefault();
              onFilter({ property: 'warning', operator: '=', value: kind });
            }}
          >
            {keys(refusals[kind])}
          </Link>{' '}
          {words}
        </div>
      ))}
    </Alert>
  );
}

const NO_KEYS: Counts = { listed: 0, candidate: 0, enabled: 0, ineligible: 0, unknown: 0, awsManaged: 0 };
const NO_OUTCOMES = { applied: 0, 'already-in-place': 0, skipped: 0, failed: 0, pending: 0, unsettled: 0 };

/** The style of each part, and its word: the same colour is the same meaning here and in the report. */
const KINDS = [
  { kind: 'on', style: 'enabled', word: 'On' },
  { kind: 'changed', style: 'changed', word: 'Turned on, not confirmed' },
  { kind: 'off', style: 'candidate', word: 'Off, can be turned on' },
  { kind: 'unsupported', style: 'ineligible', word: 'Cannot be turned on' },
  { kind: 'unknown', style: 'unknown', word: 'Not known' },
] as const;

/** The posture when assessed and now, side by side. */
function Figures({ overview }: { overview: Overview | undefined }) {
  const { candidate, enabled, ineligible, unknown, awsManaged } = overview?.counts ?? NO_KEYS;
  const { before, now } = countPosture({
    candidate,
    enabled,
    blocked: 0,
    unsupported: ineligible,
    unknown,
    outcomes: overview?.status.outcomes ?? NO_OUTCOMES,
    confirmed: overview?.status.verdicts.confirmed ?? 0,
  });
  const total = candidate + enabled + ineligible + unknown;
  const parts = (counts: PostureCounts) =>
    KINDS.map(({ kind, style }) => ({ kind: style, keys: counts[kind] }));
  return (
    <div className="posture">
      <Bar parts={parts(before)} of={total} tall />
      <Bar parts={parts(now)} of={total} tall />
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">When assessed{overview && <small> {utcText(overview.assessedAt)}</small>}</th>
            <th scope="col">Now</th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map(({ kind, style, word }) => (
            <tr key={kind}>
              <th scope="row">
                <span className={`swatch ${style}`} aria-hidden="true" />
                {word}
              </th>
              <td>{count(before[kind])}</td>
              <td>{count(now[kind])}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">AWS managed, in no bar</th>
            <td colSpan={2}>{count(awsManaged)}</td>
          </tr>
        </tbody>
      </table>
      <Box variant="small" color="text-body-secondary">
        The upper bar is the assessment, the lower bar is now: with what Keyturn has turned on and read back.
      </Box>
    </div>
  );
}

interface ChartProps {
  readonly by: GroupProperty;
  readonly groups: readonly ReviewGroup[];
  readonly onFilter: (token: FilterToken) => void;
}

function Chart({ by, groups, onFilter }: ChartProps) {
  const named = groups.filter(({ value }) => value !== '');
  const largest = Math.max(1, ...named.map((each) => each.keys));
  const left = named.length - MOST_BARS;
  return (
    <section aria-label={`Posture by ${PROPERTY_WORDS[by]}`}>
      <Box variant="h3">{PROPERTY_WORDS[by]}</Box>
      <ul className="bars">
        {named.slice(0, MOST_BARS).map((group) => (
          <li key={group.value}>
            <span className="bar-label">
              <Link
                href="#keys"
                ariaLabel={`Show ${keys(group.keys)} of ${PROPERTY_WORDS[by]} ${group.value}`}
                onFollow={(event) => {
                  event.preventDefault();
                  onFilter({ property: by, operator: '=', value: group.value });
                }}
              >
                <Said text={group.value} />
              </Link>
              <span>{count(group.keys)}</span>
            </span>
            <Bar parts={partsOf(group)} of={largest} />
          </li>
        ))}
      </ul>
      {named.length === 0 && <Box color="text-status-inactive">None</Box>}
      {left > 0 && <Box color="text-body-secondary">and {count(left)} more: group the keys below</Box>}
    </section>
  );
}

const partsOf = (group: ReviewGroup) => [
  { kind: 'enabled', keys: group.enabled },
  { kind: 'candidate', keys: group.candidates },
  { kind: 'ineligible', keys: group.keys - group.enabled - group.candidates - group.unknown },
  { kind: 'unknown', keys: group.unknown },
];

interface BarProps {
  readonly parts: readonly { readonly kind: string; readonly keys: number }[];
  readonly of: number;
  readonly tall?: boolean;
}

/** A picture of numbers that stand beside it in words. */
function Bar({ parts, of, tall = false }: BarProps) {
  return (
    <div className={tall ? 'bar tall' : 'bar'} aria-hidden="true">
      {parts
        .filter((part) => part.keys > 0)
        .map((part) => (
          <span
            key={part.kind}
            className={part.kind}
            style={{ inlineSize: `${(100 * part.keys) / Math.max(1, of)}%` }}
          />
        ))}
    </div>
  );
}
