import type * as z from 'zod';
import type { Failure } from '../model/failure.ts';
import type { Answer, Clock } from '../workflow/ports.ts';
import { readFailure, requestIdOf, surelyNotDone } from './failure.ts';
import type { Pace } from './pace.ts';

/** How often a call is made before its failure is the answer. A change is made once: its caller decides on more. */
export interface Patience {
  readonly throttled: number;
  readonly passing: number;
}
export const READ_PATIENCE: Patience = { throttled: 10, passing: 4 };
export const ONCE: Patience = { throttled: 1, passing: 1 };

/** What the calls of one connection have in common. */
export interface CallContext {
  readonly clock: Clock;
  /** Hears of each answer that was a throttle, also where the call is made again. */
  readonly onThrottled: (operation: string) => void;
}

export interface Call<T> extends CallContext {
  readonly operation: string;
  readonly pace: Pace;
  readonly patience: Patience;
  /** Makes one HTTP request. */
  send(): Promise<{ $metadata: { requestId?: string | undefined } }>;
  /** Parses what came; throws where it is not an answer that AWS documents. */
  parse(output: unknown): T;
}

/** Makes a paced call, retries what is worth it, and turns whatever happens into a value. */
export async function call<T>(request: Call<T>): Promise<Answer<T>> {
  const { operation, pace, clock, onThrottled } = request;
  for (let attempt = 1; ; attempt++) {
    await pace.turn();
    try {
      const output = await request.send();
      const value = parsed(request, output);
      pace.recover();
      return { ok: true, value, at: clock.now().toISOString(), ...requestIdOf(output.$metadata) };
    } catch (thrown) {
      const failure = readFailure(operation, thrown);
      const backoff = backoffMs(attempt);
      if (failure.kind === 'throttled') {
        pace.holdBack(backoff);
        onThrottled(operation);
      }
      if (attempt >= attemptsFor(failure, request)) {
        const at = clock.now().toISOString();
        return {
          ok: false,
          failure: { attempts: attempt, ...failure },
          at,
          certain: surelyNotDone(operation, failure),
        };
      }
      await clock.sleep(backoff);
    }
  }
}

/** Whatever goes wrong with reading an answer, it is the answer's fault. */
function parsed<T>({ parse }: Call<T>, output: unknown): T {
  try {
    return parse(output);
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === UNDOCUMENTED) throw thrown;
    throw undocumentedAnswer(`it cannot be read: ${String(thrown)}`);
  }
}

/** A key that was made a moment ago may not be found yet (kms-facts §13.4). */
const PASSING = new Set<Failure['kind']>(['server', 'network', 'malformed-answer', 'not-found']);

/** The call that was to obtain the credentials has been retried by itself. */
function attemptsFor(failure: Failure, { operation, patience }: Call<unknown>): number {
  const { kind } = failure;
  if (failure.operation !== operation) return 1;
  if (kind === 'throttled') return patience.throttled;
  return PASSING.has(kind) ? patience.passing : 1;
}

/** Exponential with full jitter, 5 s at most. */
function backoffMs(attempt: number): number {
  return Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Entries of one list in an answer. AWS's largest page has 1,000. */
const MAX_ENTRIES = 2000;
const ISSUES_TOLD = 5;

/** Parses with a schema, naming what is missing or wrong in the error's message. */
export function parseWith<T>(schema: z.ZodType<T>): (output: unknown) => T {
  return (output) => {
    requireBoundedLists(output);
    const parsed = schema.safeParse(output, { reportInput: true });
    if (parsed.success) return parsed.data;
    throw undocumentedAnswer(parsed.error.issues.slice(0, ISSUES_TOLD).map(describeIssue).join('; '));
  };
}

/** Before the schema sees them: each wrong entry becomes an object that tells of it. */
function requireBoundedLists(output: unknown): void {
  for (const [name, value] of Object.entries(output ?? {})) {
    if (Array.isArray(value) && value.length > MAX_ENTRIES)
      throw undocumentedAnswer(`${name} has more than ${MAX_ENTRIES} entries`);
  }
}

function describeIssue({ path, input, message }: z.core.$ZodIssue): string {
  const field = path.join('.');
  if (input === undefined) return `${field} is missing`;
  return field === '' ? message : `${field}: ${message}`;
}

/** As `parseWith`, for what a client of the SDK returned. */
export function parseOutputWith<T>(schema: z.ZodType<T>): (output: unknown) => T {
  const parse = parseWith(schema);
  return (output) => parse(plain(output));
}

/** The SDK gives Date objects and, for some services, nulls; the model has ISO text and absent fields. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null || inner === undefined || key === '$metadata' ? [] : [[key, plain(inner)]],
    ),
  );
}

/** An answer that AWS does not document: the error to throw from `parse`. */
export function undocumentedAnswer(message: string): Error {
  return Object.assign(new Error(message), { name: UNDOCUMENTED });
}
const UNDOCUMENTED = 'UndocumentedAnswer';
