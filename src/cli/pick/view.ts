import stringWidth from 'string-width';
import { openTally } from '../../model/cost.ts';
import { priceOfRollout } from '../../model/prices.ts';
import type { AssessedRollout } from '../../model/rollout.ts';
import { costCaveats, monthlyText, yearlyText } from '../../report/cost-text.ts';
import { count, keys } from '../../report/document/phrases.ts';
import { forTerminal } from '../../report/escape.ts';
import { cut } from '../../report/table.ts';
import type { ShownRow } from './rows.ts';
import { chosenRows, type PickState } from './state.ts';

/** The terminal: its size in characters, and how it makes text bold or dim. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  bold(text: string): string;
  dim(text: string): string;
}

type State = PickState<ShownRow>;

/** What is on the screen at one moment: never more lines than it has, none longer than it is wide. */
export function drawPicker(state: State, rollout: AssessedRollout, screen: Screen): string {
  switch (state.step) {
    case 'choosing':
      return drawChoice(state, rollout, screen);
    case 'reviewing':
      return drawReview(state, rollout, screen);
    case 'approved':
      return `${keys(state.cost.keys)} approved, of ${count(state.rows.length)}.`;
    case 'left':
      return 'Left; nothing is approved.';
  }
}

/** Lines for the key under the cursor; every key has the first two. */
const DETAILS = 8;
const FEWEST_ROWS = 3;

function drawChoice(state: State, rollout: AssessedRollout, screen: Screen): string {
  const { rows, shown, query, cost, cursor, problem } = state;
  const price = priceOfRollout(rollout);
  const head = [
    'Which keys shall rotate? Type to search, tab to choose, enter when done.',
    `Search: ${forTerminal(query)}█`,
    screen.bold(
      clip(
        `${count(cost.keys)} of ${count(rows.length)} chosen: ${cost.keys === 0 ? 'adds nothing' : monthlyText(cost, price)}`,
        screen,
      ),
    ),
    screen.dim(
      clip(
        `${count(shown.length)} shown, ctrl-a chooses them all. Terms: account: region: alias: stack: tag: key: -not`,
        screen,
      ),
    ),
  ];
  const details = (rows[shown[cursor] ?? -1]?.details ?? [])
    .slice(0, Math.max(0, Math.min(DETAILS, screen.rows - head.length - FEWEST_ROWS - 3)))
    .map(([label, text]) => screen.dim(clip(`  ${label.padEnd(9)}${text}`, screen)));
  const room = Math.max(FEWEST_ROWS, screen.rows - head.length - DETAILS - 3);
  const list = window(shown, cursor, room).map(({ item, at }) => {
    const row = rows[item];
    return row ? drawRow(row, state.chosen[item] === 1, at === cursor, rollout, screen) : '';
  });
  const foot = problem === undefined ? [] : [screen.bold(clip(problem, screen))];
  return [
    ...head.slice(0, 2).map((line) => clip(line, screen)),
    ...head.slice(2),
    ...list,
    '',
    ...details,
    ...foot,
  ].join('\n');
}

function drawRow(
  row: ShownRow,
  isChosen: boolean,
  isCurrent: boolean,
  { scope }: AssessedRollout,
  screen: Screen,
): string {
  const account = scope.accounts.length > 1 ? [padded(row.account, 12)] : [];
  const cells = [...account, padded(row.region, 14), padded(row.name, 30)];
  const left = `${isCurrent ? '›' : ' '} ${isChosen ? '[x]' : '[ ]'} ${cells.join('  ')}  `;
  const right = `  ${row.added}`;
  const middle = Math.max(0, screen.columns - 1 - stringWidth(left) - stringWidth(right));
  const line = clip(`${left}${padded(row.about, middle)}${right}`, screen);
  return isCurrent ? screen.bold(line) : line;
}

/** Exactly what will change, and what it costs, before the number is typed. */
function drawReview(state: State, rollout: AssessedRollout, screen: Screen): string {
  const { cost, typed, problem, cursor, rows } = state;
  const price = priceOfRollout(rollout);
  const { planDigest, RotationPeriodInDays: period } = rollout;
  const chosen = chosenRows(state);
  const head = [
    `Turn rotation on, every ${period} days, for these ${count(cost.keys)} of ${count(rows.length)} keys (EnableKeyRotation):`,
    `Plan ${planDigest}`,
    `Cost: ${monthlyText(cost, price)}`,
    `By year: ${yearlyText(cost, price, period)}`,
    ...accountLines(chosen, rollout),
    ...costCaveats(cost, price),
  ].flatMap((line) => wrap(line, screen));
  const foot = [
    ...(problem === undefined ? [] : [screen.bold(clip(problem, screen))]),
    clip(
      `Type ${cost.keys} and enter to approve; tab goes back, ctrl-c leaves: ${forTerminal(typed)}█`,
      screen,
    ),
  ];
  const room = Math.max(FEWEST_ROWS, screen.rows - head.length - foot.length - 4);
  const list = window(chosen, cursor, room).map(({ item, at }) =>
    drawChosen(item, at === cursor, rollout, screen),
  );
  const more =
    chosen.length > list.length
      ? [screen.dim(`  ${count(chosen.length)} in all: ↑ ↓ pages through them`)]
      : [];
  return [...head, '', ...list, ...more, '', ...foot].join('\n');
}

/** Columns line up, and of an ARN that does not fit the end is kept too, which tells keys apart. */
function drawChosen(
  { account, region, name, keyArn }: ShownRow,
  isCurrent: boolean,
  { scope }: AssessedRollout,
  screen: Screen,
): string {
  const accounts = scope.accounts.length > 1 ? [padded(account, 12)] : [];
  const left = [`${isCurrent ? '›' : ' '} ${padded(region, 14)}`, ...accounts, padded(name, 30), ''].join(
    '  ',
  );
  const room = Math.max(0, screen.columns - 1 - stringWidth(left));
  return clip(`${left}${cutMiddle(keyArn, room)}`, screen);
}

const ARN_TAIL = 8;

const cutMiddle = (arn: string, width: number): string =>
  arn.length <= width ? arn : `${arn.slice(0, Math.max(0, width - ARN_TAIL - 1))}…${arn.slice(-ARN_TAIL)}`;

const MOST_ACCOUNTS = 4;

function accountLines(chosen: readonly ShownRow[], rollout: AssessedRollout): string[] {
  const tally = openTally();
  for (const { account, cost } of chosen) tally.add(account, cost);
  const accounts = tally.byAccount();
  if (accounts.length < 2) return [];
  const price = priceOfRollout(rollout);
  const dearest = accounts.toSorted((a, b) => b.cost.keys - a.cost.keys).slice(0, MOST_ACCOUNTS);
  return [
    ...dearest.map(({ account, cost }) => `  ${account}: ${keys(cost.keys)}, ${monthlyText(cost, price)}`),
    ...(accounts.length > MOST_ACCOUNTS ? [`  and ${accounts.length - MOST_ACCOUNTS} more accounts`] : []),
  ];
}

/** As many items as there is room for, the one at the cursor among them. */
function window<T>(items: readonly T[], cursor: number, room: number): { item: T; at: number }[] {
  const start = Math.max(0, Math.min(cursor - Math.floor(room / 2), items.length - room));
  return items.slice(start, start + room).map((item, index) => ({ item, at: start + index }));
}

function padded(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + ' '.repeat(Math.max(0, width - stringWidth(shown)));
}

const clip = (line: string, { columns }: Screen): string => cut(line, columns - 1);

/** Lines of whole words, but for a word that is wider than the screen. */
function wrap(text: string, screen: Screen): string[] {
  const lines: string[] = [];
  for (const word of forTerminal(text).split(' ')) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && stringWidth(longer) < screen.columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => clip(line, screen));
}
