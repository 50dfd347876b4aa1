import { TreeInterpreter } from '@jmespath-community/jmespath';

type Interpreter = typeof TreeInterpreter;
type Node = Parameters<Interpreter['visit']>[0];
type Value = Parameters<Interpreter['visit']>[1];
type Json = Parameters<Interpreter['search']>[1];

/** Units for one expression over all findings; one is about as long as it takes to read a field. */
const BUDGET = 2_000_000;
/** Units that each finding adds. A usual expression takes fifty. */
const PER_FINDING = 2_000;
/** Levels of an expression. */
const MAX_DEPTH = 300;
/** For a function that makes text of this length, or so many steps. */
const MAX_NUMBER = 10_000;
/** The square of a text's length, in the worst case. */
const QUADRATIC = new Set(['trim', 'trim_left', 'trim_right', 'replace']);
/** Units to call a function, which checks its arguments. */
const CALL = 10;
const REPEATING = new Set(['pad_left', 'pad_right', 'replace']);

/** An expression costs more than any that a person needs: it comes from a hostile file, or is a mistake. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly';

  constructor() {
    super('it takes too long to evaluate');
  }
}

/**
 * Makes a search with a JMESPath expression that cannot take long or grow without end: expressions of a hundred
 * characters can double a list thirty times.
 * @returns the search; it throws TooCostly
 */
export function boundedSearch(node: Node): (value: Json) => unknown {
  const budget = new Budget();
  const New = TreeInterpreter.constructor as new () => Interpreter;
  const interpreter = bound(new New(), budget);
  return (value) => {
    budget.begin();
    return interpreter.search(node, value);
  };
}

class Budget {
  #left = BUDGET;
  depth = 0;
  /** What is compared with something, at all depths. */
  readonly compared = new WeakSet<Node>();

  begin(): void {
    this.#left += PER_FINDING;
    this.depth = 0;
  }

  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0 || this.depth > MAX_DEPTH) throw new TooCostly();
  }
}

/** The package evaluates through `visit` and `callFunction` alone, on an interpreter for each scope of variables. */
function bound(interpreter: Interpreter, budget: Budget): Interpreter {
  const visit = interpreter.visit.bind(interpreter);
  const call = interpreter.runtime.callFunction.bind(interpreter.runtime);
  const withScope = interpreter.withScope.bind(interpreter);
  interpreter.visit = (node, value) => {
    budget.depth += 1;
    budget.spend(1);
    if (node.type === 'Comparator') budget.compared.add(node.left).add(node.right);
    const result = visit(node, value);
    budget.spend(budget.compared.has(node) ? sizeOf(result) : widthOf(result));
    budget.depth -= 1;
    return result;
  };
  interpreter.runtime.callFunction = (name, args) => {
    budget.spend(costOf(name, args as readonly Value[]));
    return call(name, args);
  };
  interpreter.withScope = (scope) => bound(withScope(scope), budget);
  return interpreter;
}

function costOf(name: string, args: readonly Value[]): number {
  if (REPEATING.has(name) && args.some((arg) => typeof arg === 'number' && arg > MAX_NUMBER)) return Infinity;
  const longest = Math.max(0, ...args.map((arg) => (typeof arg === 'string' ? arg.length : 0)));
  const size = args.reduce((sum: number, arg) => sum + sizeOf(arg), CALL);
  return QUADRATIC.has(name) ? size + longest ** 2 / 16 : size;
}

/** Text is copied and compared by the block. */
const CHARACTERS = 1 / 64;

/** Without what is inside: that was counted when it was read. */
function widthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? value.length * CHARACTERS : 0;
}

/** Values and text, at any depth. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length * CHARACTERS;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + sizeOf(each), 1);
}
