import { type Condition, matches } from './policy-document.ts';

/** Whether something holds; `maybe` if it depends on what is not known here. */
export type Answer = 'yes' | 'no' | 'maybe';

/** What a call is known to bring: a value, null if the key is surely absent, undefined if it is not known. */
export type Context = (key: string) => readonly string[] | null | undefined;

/** `ForAnyValue:StringLikeIfExists` in its parts. */
const OPERATOR = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/;

/** Whether one condition of a statement holds for a call, as IAM evaluates it (kms-facts §7.1). */
export function holds({ operator, key, values }: Condition, context: Context): Answer {
  const [, set, name = '', ifExists] = OPERATOR.exec(operator.toLowerCase()) ?? [];
  const known = context(key.toLowerCase());
  if (known === undefined) return 'maybe';
  if (name === 'null')
    return toAnswer(values.some((value) => (value.toLowerCase() === 'true') === (known === null)));
  const isNegated = name.includes('not');
  if (known === null)
    return toAnswer(ifExists !== undefined || (set === undefined ? isNegated : set === 'forallvalues'));
  // A policy variable stands for what is not known here.
  if (values.some((value) => value.includes('${'))) return 'maybe';
  const test = TESTS.get(name.replace('not', ''));
  if (!test) return 'maybe';
  const fits = (actual: string) => values.some((value) => test(value, actual)) !== isNegated;
  return toAnswer(set === 'forallvalues' ? known.every(fits) : known.some(fits));
}

const toAnswer = (isTrue: boolean): Answer => (isTrue ? 'yes' : 'no');

type Test = (value: string, actual: string) => boolean;

const same: Test = (value, actual) => value === actual;
const sameInAnyCase: Test = (value, actual) => value.toLowerCase() === actual.toLowerCase();
const like: Test = (value, actual) => matches(value, actual, false);
const compare =
  (isTrue: (value: number, actual: number) => boolean): Test =>
  (value, actual) =>
    isTrue(Number(value), Number(actual));

/** By operator, without its negation. */
const TESTS: ReadonlyMap<string, Test> = new Map([
  ['stringequals', same],
  ['stringequalsignorecase', sameInAnyCase],
  ['stringlike', like],
  ['arnequals', like],
  ['arnlike', like],
  ['bool', sameInAnyCase],
  ['numericequals', compare((value, actual) => actual === value)],
  ['numericlessthan', compare((value, actual) => actual < value)],
  ['numericlessthanequals', compare((value, actual) => actual <= value)],
  ['numericgreaterthan', compare((value, actual) => actual > value)],
  ['numericgreaterthanequals', compare((value, actual) => actual >= value)],
]);
