import type { GapCount } from '../../model/gap.ts';
import { nameOfPlace } from '../../model/place.ts';
import { EVERY_REGION, type UnreachablePlace } from '../../model/plan.ts';
import { forTerminal } from '../../report/escape.ts';
import { groupByReason, type ReasonGroup } from '../../report/reason-groups.ts';
import type { RolloutRecord } from '../../report/record.ts';
import type { Terminal } from '../terminal.ts';

type Seen = Pick<RolloutRecord, 'rollout' | 'places' | 'unreachable'>;

const MAX_GROUPS = 10;
const MAX_ACCOUNTS_NAMED = 3;
const MAX_REGIONS_NAMED = 20;

/** How much of the scope nothing is known of, in one line; empty if all was seen. */
export function notSeenLine(terminal: Terminal, record: Seen): string[] {
  const { rollout, places, unreachable } = record;
  const listed = new Set(places.map(nameOfPlace));
  const unseen = unreachable.filter((place) => !listed.has(nameOfPlace(place)));
  const accounts = unseen.filter(({ region }) => region === EVERY_REGION).length;
  const others = unseen.length - accounts;
  const parts = [
    ...(accounts > 0 ? [`${accounts} of ${counted(rollout.scope.accounts.length, 'account')}`] : []),
    ...(others > 0 ? [counted(others, 'place')] : []),
  ];
  if (parts.length === 0) return [];
  return [terminal.yellow(`Not seen: ${parts.join(' and ')}. Nothing is known of the keys there.\n`)];
}

/** What could not be read of keys that were judged all the same, in one line; empty if all was read. */
export function gapLines(terminal: Terminal, gaps: readonly GapCount[]): string[] {
  if (gaps.length === 0) return [];
  const named = gaps.map(({ operation, code, keys }) => `${operation} of ${counted(keys, 'key')} (${code})`);
  return [terminal.yellow(`Could not be read: ${forTerminal(named.join(', '))}\n`)];
}

/** Why places could not be listed, or not for sure: one paragraph a reason, the most frequent first. */
export function unseenReasons(terminal: Terminal, unreachable: readonly UnreachablePlace[]): string[] {
  const groups = groupByReason(unreachable);
  const shown = groups.slice(0, MAX_GROUPS);
  const isCut = shown.length < groups.length || shown.some(isShortened);
  return [
    ...shown.map((group) => terminal.yellow(paragraph(group))),
    ...(shown.length < groups.length
      ? [terminal.yellow(`… and ${groups.length - shown.length} more reasons\n`)]
      : []),
    ...(isCut ? ['All of them are in the report, and with --json in the output.\n'] : []),
  ];
}

/** Places in which a run of changes begins nothing further: one line a reason, and what would fix it. */
export function stoppedPlaces(places: readonly UnreachablePlace[]): string[] {
  return groupByReason(places).map((group) => {
    const { reason, fix, accounts } = group;
    const named = accounts.length > 1 ? ` Accounts: ${list(accounts, MAX_ACCOUNTS_NAMED)}.` : '';
    const said = `${subject(group)}: stopped, the rest is left as it was: ${reason}.${named}`;
    return `${forTerminal(said)}\n${fix === '' ? '' : `  → ${forTerminal(fix)}\n`}`;
  });
}

/** The place by name, or how many there are. */
function subject(group: ReasonGroup): string {
  const [only] = group.places;
  return group.places.length === 1 && only ? nameOfPlace(only) : many(group);
}

function paragraph(group: ReasonGroup): string {
  const { reason, fix, accounts, regions, places } = group;
  if (places.length === 1) {
    return `${subject(group)} is not fully known: ${forTerminal(reason)}\n  → ${forTerminal(fix)}\n`;
  }
  const named = [`accounts: ${list(accounts, MAX_ACCOUNTS_NAMED)}`];
  if (regions.length > 0) named.push(`Regions: ${list(regions, MAX_REGIONS_NAMED)}`);
  return [
    `${subject(group)} are not fully known: ${forTerminal(reason)}\n`,
    `  ${named.join('; ')}\n`,
    `  → ${forTerminal(fix)}\n`,
  ].join('');
}

function many({ accounts, regions, places }: ReasonGroup): string {
  if (regions.length === 0) return counted(accounts.length, 'account');
  return `${counted(places.length, 'place')} (${counted(accounts.length, 'account')}, ${counted(regions.length, 'Region')})`;
}

const isShortened = ({ accounts, regions }: ReasonGroup): boolean =>
  accounts.length > MAX_ACCOUNTS_NAMED || regions.length > MAX_REGIONS_NAMED;

function list(words: readonly string[], most: number): string {
  const named = words.slice(0, most).join(', ');
  return words.length > most ? `${named} and ${words.length - most} more` : named;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
