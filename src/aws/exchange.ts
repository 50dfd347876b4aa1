import { isUtf8 } from 'node:buffer';
import { type Dispatcher, errors } from 'undici';
import { undocumentedAnswer } from './call.ts';

/** What an answer may take. Whoever answers may not be AWS, or may not mean well. */
export interface AnswerBounds {
  /** Bytes of the body. */
  readonly maxBytes: number;
  /** Milliseconds from the request to the end of the answer, even if it never pauses. */
  readonly deadlineMs: number;
}

export interface RawHttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Answers 1xx before the answer. AWS sends none. */
const MAX_INTERIM_ANSWERS = 8;

/**
 * One request and its answer. A few KB are gathered as they come: a stream for them costs a fifth of the call.
 * Nothing is decompressed and no redirect is followed.
 * @throws an error after which the connection is to be destroyed: the answer broke off, or broke a bound
 */
export function exchange(
  connection: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { maxBytes, deadlineMs }: AnswerBounds,
): Promise<RawHttpAnswer> {
  return new Promise((resolve, reject) => {
    let head: Omit<RawHttpAnswer, 'body'> = { status: 0, headers: {} };
    let interim = 0;
    let size = 0;
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => fail(tooSlow(deadlineMs)), deadlineMs);
    function fail(error: Error): void {
      clearTimeout(timer);
      chunks.length = 0;
      reject(error);
    }
    connection.dispatch(request, {
      // Without it, undici takes the handler for one of its old kind.
      onRequestStart: () => {},
      // Called for 1xx too; the last is the answer's.
      onResponseStart: (_, status, headers) => {
        head = { status, headers: withoutFalseDate(headers) };
        if (status < 200 && ++interim > MAX_INTERIM_ANSWERS)
          fail(undocumentedAnswer('more than 8 interim answers (HTTP 1xx)'));
      },
      onResponseData: (_, chunk) => {
        size += chunk.length;
        if (size <= maxBytes) chunks.push(chunk);
        else fail(tooLarge(maxBytes));
      },
      onResponseEnd: () => {
        const body = Buffer.concat(chunks);
        if (head.status < 300 && !isUtf8(body)) return fail(undocumentedAnswer('the body is not UTF-8'));
        clearTimeout(timer);
        resolve({ ...head, body });
      },
      onResponseError: (_, error) => fail(told(error)),
    });
  });
}

const tooSlow = (ms: number) =>
  new errors.BodyTimeoutError(`the answer was not complete after ${ms / 1000} s`);
const tooLarge = (bytes: number) =>
  new errors.ResponseExceededMaxSizeError(`the answer is larger than ${bytes / 1024} KiB`);

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Clocks are compared with this header and signatures corrected by it: a date in another form is not a date. */
function withoutFalseDate(headers: RawHttpAnswer['headers']): RawHttpAnswer['headers'] {
  const { date, ...others } = headers;
  return date === undefined || (typeof date === 'string' && HTTP_DATE.test(date)) ? headers : others;
}

/** A proxy did not connect to the host: nothing was sent there. */
export const proxyRefused = (statusCode: number): Error =>
  Object.assign(new Error(`the proxy answered HTTP ${statusCode}`), {
    name: 'ProxyRefused',
    code: `PROXY_${statusCode}`,
    statusCode,
  });

/** Of a plain http:// request that goes through a proxy, undici tells 407 in words only. */
function told(error: Error): Error {
  return error instanceof errors.InvalidArgumentError && error.message.includes('(407)')
    ? proxyRefused(407)
    : error;
}
