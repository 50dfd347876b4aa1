import type { Key } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Prompt } from '@clack/core';
import { INVISIBLE } from '../../model/text.ts';
import { beginPicking, chosenRows, type PickEvent, type PickRow, type PickState, pick } from './state.ts';

export interface Pickable<Row extends PickRow> {
  readonly rows: readonly Row[];
  readonly draw: (state: PickState<Row>) => string;
  readonly input: Readable;
  readonly output: Writable;
  /** Leaves it. */
  readonly signal?: AbortSignal;
}

/** The picker on a terminal: clack reads the keys and draws, the reducer decides. Its value is set once approved. */
export class Picker<Row extends PickRow> extends Prompt<readonly string[]> {
  #state: PickState<Row>;

  constructor({ rows, draw, input, output, signal }: Pickable<Row>) {
    let shown = (): string => '';
    super({ input, output, render: () => shown(), ...(signal && { signal }) }, false);
    this.#state = beginPicking(rows);
    shown = () => draw(this.#drawn());
    this.on('key', (character, key) => this.#press(character, key));
  }

  /** Clack takes escape and ctrl-c for leaving by itself. */
  #drawn(): PickState<Row> {
    return this.state === 'cancel' ? pick(this.#state, { kind: 'leave' }) : this.#state;
  }

  #press(character: string | undefined, key: Key): void {
    const event = eventOf(character, key);
    if (!event) return;
    this.#state = pick(this.#state, event);
    if (this.#state.step === 'left') this.state = 'cancel';
    if (this.#state.step === 'approved') this.value = chosenRows(this.#state).map(({ keyArn }) => keyArn);
  }

  protected override _shouldSubmit(): boolean {
    return this.#state.step === 'approved';
  }
}

const PAGE = 10;
const FAR = Number.MAX_SAFE_INTEGER;

const BY_NAME: Readonly<Record<string, PickEvent>> = {
  up: { kind: 'move', by: -1 },
  down: { kind: 'move', by: 1 },
  pageup: { kind: 'move', by: -PAGE },
  pagedown: { kind: 'move', by: PAGE },
  home: { kind: 'move', by: -FAR },
  end: { kind: 'move', by: FAR },
  backspace: { kind: 'erase' },
  return: { kind: 'enter' },
  tab: { kind: 'toggle' },
};

const BY_CONTROL: Readonly<Record<string, PickEvent>> = {
  a: { kind: 'toggle-shown' },
  u: { kind: 'clear' },
  // Readline takes it for the end of the input: nobody would hear of what is typed after it.
  d: { kind: 'leave' },
};

function eventOf(
  character: string | undefined,
  { name = '', ctrl, meta, shift }: Key,
): PickEvent | undefined {
  if (ctrl) return own(BY_CONTROL, name);
  if (name === 'tab' && shift) return { kind: 'toggle-shown' };
  const byName = own(BY_NAME, name);
  if (byName) return byName;
  if (meta || character === undefined || character === '' || character.search(INVISIBLE) >= 0)
    return undefined;
  return { kind: 'type', text: character };
}

const own = (events: Readonly<Record<string, PickEvent>>, name: string): PickEvent | undefined =>
  Object.hasOwn(events, name) ? events[name] : undefined;
