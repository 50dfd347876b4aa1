import type { Message, Notify } from '../messages/message.ts';
import type { UnreachablePlace } from '../model/plan.ts';
import { counted as countOf } from '../report/document/phrases.ts';
import { forTerminal } from '../report/escape.ts';
import { stoppedPlaces } from './show/unseen.ts';
import type { Terminal } from './terminal.ts';

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;
const BAR_WIDTH = 24;

export interface Progress {
  readonly notify: Notify;
  /** Clears the line and says which places were stopped; to be called before a result is printed. */
  end(): void;
  /** Says after the result that AWS throttled calls, where it did. */
  conclude(): void;
}

/** Says on standard error what is going on: a bar on a terminal, a plain line now and then elsewhere. */
export function showProgress(terminal: Terminal): Progress {
  const isTerminal = process.stderr.isTTY === true;
  let drawnAt = isTerminal ? Number.NEGATIVE_INFINITY : performance.now();
  let drawn = false;
  let latest: ProgressMessage | undefined;
  let throttled = 0;
  const stopped = new Map<string, UnreachablePlace>();
  const begunAt = performance.now();
  const clear = () => {
    if (drawn) terminal.err('\r\u001b[K');
    drawn = false;
  };
  function draw(progress: ProgressMessage): void {
    latest = progress;
    const { phase, done, of, placesDone = 0, places = 0 } = progress;
    const isDue = performance.now() - drawnAt >= (isTerminal ? REDRAW_MS : PLAIN_LINE_MS);
    if (!isDue && !(isTerminal && done === of && placesDone === places)) return;
    drawnAt = performance.now();
    drawn = isTerminal;
    const seconds = (performance.now() - begunAt) / 1000;
    const told = `${phase} ${tell(progress, seconds)}${throttled > 0 ? `, ${throttled} throttled` : ''}`;
    terminal.err(isTerminal ? `\r\u001b[K${bar(done, of)} ${told}` : `${told}\n`);
  }
  return {
    end: () => {
      clear();
      latest = undefined;
      for (const line of stoppedPlaces([...stopped.values()])) terminal.err(line);
      stopped.clear();
    },
    conclude: () => {
      if (throttled > 0 && !terminal.quiet) terminal.err(sayThrottled(throttled));
    },
    notify: (message) => {
      if (message.code === 'throttled') throttled += 1;
      if (terminal.quiet) return;
      // Where everything is throttled, no key is done that would draw the line again.
      if (message.code === 'throttled' && latest) draw(latest);
      if (message.code === 'progress') {
        draw(message);
        return;
      }
      if (message.code === 'place-stopped') {
        const { place, reason, fix = '' } = message;
        stopped.set(`${place.account} ${place.region}`, { ...place, reason, fix });
        return;
      }
      const line = say(message);
      if (line === undefined) return;
      clear();
      terminal.err(`${line}\n`);
    },
  };
}

const sayThrottled = (calls: number): string =>
  `AWS throttled ${calls === 1 ? 'one call' : `${calls} calls`}; Keyturn slowed down each time. A smaller --pace leaves more of the quota to others.\n`;

type ProgressMessage = Extract<Message, { code: 'progress' }>;

function bar(done: number, of: number): string {
  const filled = of === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * done) / of);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}

/** Time left is told from the places where there are many: how many keys there will be is not known before. */
function tell({ done, of, placesDone = 0, places = 0 }: ProgressMessage, seconds: number): string {
  const share = places > 1 ? placesDone / places : of === 0 ? 0 : done / of;
  const left =
    share > 0 && share < 1 && seconds > 2 ? `, ${describeSeconds((seconds * (1 - share)) / share)} left` : '';
  const perSecond = Math.round(done / seconds);
  const rate = seconds > 1 && perSecond > 0 ? `, ${countOf(perSecond, 'key')}/s` : '';
  return places > 1
    ? `${placesDone}/${places} places, ${countOf(done, 'key')}${rate}${left}`
    : `${done}/${of} keys${rate}${left}`;
}

const MAX_SECONDS = 120;

const describeSeconds = (seconds: number): string =>
  seconds > MAX_SECONDS ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds)} s`;

function say(message: Exclude<Message, { code: 'progress' | 'place-stopped' }>): string | undefined {
  switch (message.code) {
    case 'assess-begins':
      return sayScope(message);
    // Counted in the line, and told of at the end.
    case 'throttled':
      return undefined;
    // The assessment's summary shows these, with what would mend them.
    case 'place-listed':
    case 'place-unreachable':
      return undefined;
    case 'last-usage-waiting':
      return `All keys are read. Waiting for the last use of the candidates in ${message.places === 1 ? 'one place' : `${message.places} places`}: KMS tells 5 a second in each.`;
    case 'environment-keys':
      return `AWS_PROFILE names ${message.profile}, but the access key in AWS_ACCESS_KEY_ID wins, as in the AWS CLI. Unset one of the two, or name the profile with --profile.`;
    case 'lock-taken-over':
      return forTerminalLines(`Going on after a process that did not end well (${message.from}).`);
    case 'settling':
      return forTerminalLines(
        `A change was not answered: ${message.keyArn}. Reading the key back for up to ${message.seconds} s before anything else is done to it.`,
      );
    case 'keys-left':
      return forTerminalLines(sayKeysLeft(message));
    case 'keys-unsigned':
      return `Left alone: ${countOf(message.keys, 'approved key')}. No trusted approver signed the approval.`;
    case 'validate-waiting':
      return `Not as expected yet: ${countOf(message.keys, 'key')}. Reading again for up to ${message.seconds} s.`;
  }
}

/** `5 changes made, 3,576 keys in 717 places left (--limit 5)` */
function sayKeysLeft({ changes, keys, places, bound }: Extract<Message, { code: 'keys-left' }>): string {
  return `${countOf(changes, 'change')} made, ${countOf(keys, 'key')} in ${countOf(places, 'place')} left (${bound})`;
}

function sayScope(message: Extract<Message, { code: 'assess-begins' }>): string {
  const { accounts, callerArn, profiles, regions, regionsLeftOut, regionsUnknownBecause } = message;
  const { notExcluded = [] } = message;
  const who = profiles ? counted('profile', profiles) : callerArn;
  const leftOut = regionsLeftOut
    ? regionsLeftOut.length === 0
      ? 'every enabled Region is in scope'
      : regionsLeftOut.join(', ')
    : `not known (account:ListRegions: ${regionsUnknownBecause})`;
  return forTerminalLines(
    `Assessing ${counted('account', accounts)} as ${who}. This only reads.`,
    `  in scope:     ${regions.join(', ')}`,
    `  not in scope: ${leftOut}`,
    ...(notExcluded.length > 0
      ? [`  excluded, but not in scope anyway: ${notExcluded.join(', ')}. Check the spelling.`]
      : []),
  );
}

const MOST_NAMED = 10;

/** `account 1`, `2 accounts (1, 2)` */
function counted(what: string, names: readonly string[]): string {
  if (names.length === 1) return `${what} ${names[0]}`;
  const named = names.slice(0, MOST_NAMED).join(', ');
  return `${names.length} ${what}s (${named}${names.length > MOST_NAMED ? ', …' : ''})`;
}

const forTerminalLines = (...lines: readonly string[]): string => lines.map(forTerminal).join('\n');
