/** Where a decision stands in a JSON text, and which of its keys stand twice: readers disagree on which one counts. */
interface ItemPlace {
  /** 1 for the first. */
  readonly line: number;
  readonly twice: readonly string[];
}

export interface ItemPlaces {
  /** Keys of the whole that stand twice, where it is an object. */
  readonly twice: readonly string[];
  /** The items of the whole, where it is a list, or of its `decisions`. */
  readonly items: readonly ItemPlace[];
}

interface Frame {
  readonly isList: boolean;
  readonly keys: Set<string> | undefined;
  readonly twice: string[];
  /** The key whose value comes. */
  key: string | undefined;
}

/** Walks a JSON text, which `JSON.parse` tells nothing of but its values. @param source valid JSON */
export function locateItems(source: string): ItemPlaces {
  const items: ItemPlace[] = [];
  const frames: Frame[] = [];
  let twice: readonly string[] = [];
  let line = 1;
  for (const token of tokensOf(source)) {
    const frame = frames.at(-1);
    if (token === '\n') line += 1;
    else if (token === ',' || token === ':') {
      if (token === ',' && frame) frame.key = undefined;
    } else if (token === ']' || token === '}') frames.pop();
    else if (frame && !frame.isList && frame.key === undefined) takeKey(frame, token);
    else {
      const begun = openFrame(token, frames);
      if (isItem(frames)) items.push({ line, twice: begun.twice });
      if (frames.length === 0) twice = begun.twice;
      if (token === '[' || token === '{') frames.push(begun);
    }
  }
  return { twice, items };
}

function takeKey(frame: Frame, token: string): void {
  const key: string = JSON.parse(token);
  frame.key = key;
  if (frame.keys?.has(key)) frame.twice.push(key);
  frame.keys?.add(key);
}

/** Keys are compared in the whole and in each item, and not in what either has below it. */
function openFrame(token: string, frames: readonly Frame[]): Frame {
  const isCompared = token === '{' && (frames.length === 0 || isItem(frames));
  return { isList: token === '[', keys: isCompared ? new Set() : undefined, twice: [], key: undefined };
}

/** Whether a value that begins here is a decision. */
function isItem(frames: readonly Frame[]): boolean {
  const [whole, list] = frames;
  if (!whole || frames.length > 2) return false;
  return list ? list.isList && whole.key === 'decisions' : whole.isList;
}

const WORD = /[^\s"[\]{},:]+/y;

/** Not by one expression: over a text of millions of escapes that runs out of stack. */
function* tokensOf(source: string): Generator<string> {
  for (let at = 0; at < source.length; ) {
    const character = source.charAt(at);
    if (character === '"') {
      const end = endOfText(source, at);
      yield source.slice(at, end);
      at = end;
    } else if ('[]{},:\n'.includes(character)) {
      yield character;
      at += 1;
    } else {
      WORD.lastIndex = at;
      const word = WORD.exec(source)?.[0];
      if (word !== undefined) yield word;
      at += word?.length ?? 1;
    }
  }
}

/** Past the quote that closes a text: one that an even number of backslashes stands before. */
function endOfText(source: string, begin: number): number {
  for (let end = begin; ; ) {
    end = source.indexOf('"', end + 1);
    if (end < 0) return source.length;
    let before = end;
    while (source.charAt(before - 1) === '\\') before -= 1;
    if ((end - before) % 2 === 0) return end + 1;
  }
}
