import * as z from 'zod';
import { text } from '../model/text.ts';

/* A key policy as KMS stores it: any JSON that IAM takes, with a name in any case and one value where a list may stand. */

/** Names and values as pairs: of an object that is built from outside text, `__proto__` would be lost. */
export type Entries<T> = readonly (readonly [name: string, value: T])[];

export interface Statement {
  readonly effect: string;
  /** By kind: AWS, Service, Federated, CanonicalUser. */
  readonly principals: Entries<readonly string[]> | undefined;
  readonly notPrincipals: Entries<readonly string[]> | undefined;
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  /** Operator, condition key, values: all have to hold. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const entries = <T extends z.ZodType>(value: T) =>
  z.preprocess((given) => (isObject(given) ? Object.entries(given) : given), z.array(z.tuple([text, value])));
const many = <T extends z.ZodType>(one: T) => z.union([one.transform((value) => [value]), z.array(one)]);
const texts = many(text);
/** IAM takes `true` and 90 for "true" and "90". */
const values = many(z.union([text, z.boolean(), z.number()]).transform(String));
const principals = z.union([
  z.literal('*').transform(() => [['AWS', ['*']] as [string, string[]]]),
  entries(texts),
]);

const fields = z.object({
  effect: text,
  principal: principals.optional(),
  notprincipal: principals.optional(),
  action: texts.optional(),
  notaction: texts.optional(),
  resource: texts.optional(),
  notresource: texts.optional(),
  condition: entries(entries(values)).optional(),
});

/**
 * Reads a key policy.
 * @returns undefined if it is not a policy document
 */
export function parsePolicy(source: string): Statement[] | undefined {
  const document = lowerNames(parseJson(source));
  const given = isObject(document) ? (document as { statement?: unknown }).statement : undefined;
  const list = Array.isArray(given) ? given : [given];
  const parsed = z.array(fields).safeParse(list.map(lowerNames));
  return parsed.success ? parsed.data.map(toStatement) : undefined;
}

function toStatement(read: z.infer<typeof fields>): Statement {
  return {
    effect: read.effect,
    principals: read.principal,
    notPrincipals: read.notprincipal,
    actions: read.action,
    notActions: read.notaction,
    resources: read.resource,
    notResources: read.notresource,
    conditions: (read.condition ?? []).flatMap(([operator, tests]) =>
      tests.map(([key, values]) => ({ operator, key, values })),
    ),
  };
}

/** The names of an object in lower case; the values as they are. */
function lowerNames(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]));
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/**
 * IAM's wildcards: `*` any run, `?` any one character; without regard to case if asked for. Only the last `*` is tried
 * again, so that no pattern takes longer than its length times the value's.
 */
export function matches(pattern: string, value: string, ignoreCase = true): boolean {
  const fold = (one: string) => (ignoreCase ? one.toLowerCase() : one);
  const wanted = fold(pattern);
  const given = fold(value);
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let next = 0; next < given.length; ) {
    if (wanted[at] === '*') {
      star = at++;
      resume = next;
    } else if (wanted[at] === '?' || wanted[at] === given[next]) {
      at++;
      next++;
    } else if (star >= 0) {
      at = star + 1;
      next = ++resume;
    } else return false;
  }
  return /^\**$/.test(wanted.slice(at));
}
