import type { Context } from 'hono';
import { KeyturnError } from '../messages/error.ts';
import { errorPage, isForPerson } from './error-page.ts';
import type { ErrorAnswer } from './shapes.ts';

/** Every way in which the server itself turns a request away, as a stable code with its HTTP status. */
const STATUS = {
  'no-session': 401,
  'used-token': 403,
  'foreign-host': 421,
  'foreign-origin': 403,
  'no-workers': 403,
  'no-csrf': 403,
  'read-only': 403,
  'bad-request': 400,
  'not-found': 404,
  'too-large': 413,
  'wrong-type': 415,
  'stale-confirmation': 409,
  'already-asked': 409,
  'not-signed': 403,
  'wrong-number': 422,
  'nothing-selected': 422,
  'too-many-requests': 429,
} as const;
export type WebErrorCode = keyof typeof STATUS;

/** A request that is turned away: what is wrong with it, and what to do. */
export class WebError extends Error {
  override readonly name = 'WebError';
  readonly code: WebErrorCode;
  readonly fix: string;

  constructor(code: WebErrorCode, message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

const UNEXPECTED = {
  message: 'Keyturn failed unexpectedly.',
  fix: 'Read the error in the terminal that runs keyturn review.',
};

const MOST_PROBLEMS = 20;

/** @param report hears of what nobody expected; the page does not */
export function answerError(context: Context, thrown: unknown, report: (thrown: unknown) => void): Response {
  if (thrown instanceof WebError) {
    const { code, message, fix } = thrown;
    if (isForPerson(context)) return errorPage(context, STATUS[code], thrown);
    return context.json<ErrorAnswer>({ error: { code, message, fix } }, STATUS[code]);
  }
  if (thrown instanceof KeyturnError) {
    const { code, message, fix, problems } = thrown;
    if (isForPerson(context)) return errorPage(context, statusOf(thrown), thrown);
    const named = problems.length > 0 && { problems: problems.slice(0, MOST_PROBLEMS) };
    return context.json<ErrorAnswer>({ error: { code, message, fix, ...named } }, statusOf(thrown));
  }
  report(thrown);
  if (isForPerson(context)) return errorPage(context, 500, UNEXPECTED);
  return context.json<ErrorAnswer>({ error: { code: 'internal', ...UNEXPECTED } }, 500);
}

function statusOf({ code }: KeyturnError): 400 | 409 | 500 | 502 {
  if (code.startsWith('input-')) return 400;
  if (code.startsWith('refused-')) return 409;
  return code.startsWith('aws-') ? 502 : 500;
}
