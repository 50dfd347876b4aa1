import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
} from 'yaml';

/** Entries of the parser's stack; a list of maps takes three. */
const MAX_STACK = 64;
/** Words, marks and line breaks. A decision has one for every eight characters. */
const maxTokens = ({ length }: string): number => 50_000 + length / 6;
/** A text that is not YAML could have one on each character. */
const MAX_ERRORS = 100;

/** Something that makes a text not YAML, or not YAML that is accepted. */
export interface YamlProblem {
  /** Offset into the text. */
  readonly at: number;
  readonly message: string;
  /** The text may be YAML, and exceeds a limit. */
  readonly isLimit?: true;
}

class Exceeded extends Error {
  readonly problem: YamlProblem;

  constructor(at: number, message: string) {
    super(message);
    this.problem = { at, message, isLimit: true };
  }
}

/**
 * Parses YAML 1.2 without resolving anything that can grow, be merged or stand for something else. Deep nesting, too
 * many tokens and too many errors end it early: the package recurses over what is deep, and a stack that overflows in
 * it ends the process. Duplicate keys are left for the caller: the package compares each with each.
 * @returns what the text contains, what is wrong with it, and the line and column of an offset
 */
export function parseYaml(source: string) {
  const lineCounter = new LineCounter();
  const position = (at: number) => lineCounter.linePos(at);
  const problems: YamlProblem[] = [];
  let contents: ParsedNode | null = null;
  try {
    const composer = boundedComposer(problems);
    const [document, another] = composer.compose(boundedTokens(source, lineCounter), true, source.length);
    contents = document?.contents ?? null;
    problems.push(...(document?.errors ?? []).map(({ pos, message }) => ({ at: pos[0], message })));
    if (another) problems.push({ at: another.range[0], message: 'there are multiple documents' });
  } catch (cause) {
    if (!(cause instanceof Exceeded)) throw cause;
    problems.push(cause.problem);
  }
  return { contents, problems, position };
}

/** Collects errors as they are found, until there are too many. */
function boundedComposer(problems: YamlProblem[]): Composer {
  const composer = new Composer({
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    resolveKnownTags: false,
    schema: 'core',
    logLevel: 'silent',
  });
  // The package offers no other way to stop at an error.
  composer['onError'] = (source: ErrorSource, _code: string, message: string, isWarning?: boolean) => {
    if (isWarning) return;
    const at = offsetOf(source);
    if (problems.length >= MAX_ERRORS) throw new Exceeded(at, 'too many errors to list');
    problems.push({ at, message });
  };
  return composer;
}

type ErrorSource = number | readonly number[] | { readonly offset: number };

function offsetOf(source: ErrorSource): number {
  if (typeof source === 'number') return source;
  return 'offset' in source ? source.offset : (source[0] ?? 0);
}

function* boundedTokens(source: string, lineCounter: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  requireFewTokens(source);
  let errors = 0;
  for (const lexeme of new Lexer().lex(source)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') errors += 1;
      if (errors > MAX_ERRORS) throw new Exceeded(token.offset, 'too many errors to list');
      yield token;
    }
    if (parser.stack.length > MAX_STACK) throw new Exceeded(parser.offset, 'nested too deeply');
  }
  yield* parser.end();
}

/** Counted first: to parse a token costs ten times what it costs to find it. */
function requireFewTokens(source: string): void {
  let left = maxTokens(source);
  let at = 0;
  for (const token of new Lexer().lex(source)) {
    left -= 1;
    at += token.length;
    if (left < 0) throw new Exceeded(Math.min(at, source.length), 'too many values');
  }
}

/** What is wrong with a text that is not accepted, in a clause. */
export const describeYamlProblem = ({ message, isLimit }: YamlProblem): string =>
  isLimit ? message : `not YAML (${message})`;

/** The offset of a node into the text. */
export function startOf(node: unknown, otherwise = 0): number {
  const isNode = isScalar(node) || isSeq(node) || isMap(node) || isAlias(node);
  return (isNode ? node.range?.[0] : undefined) ?? otherwise;
}
