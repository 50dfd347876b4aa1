import { KeyturnError } from '../messages/error.ts';

/** Standard output, as far as it is used here. */
export interface Output {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/**
 * Writes one text after the other. A reader that left (`keyturn list | head`) is no failure: what follows is dropped, so
 * that the exit code is the one that the work earned.
 */
export function openOutput(output: Output) {
  let isClosed = false;
  return {
    /** Whether the reader left. */
    isClosed: () => isClosed,
    /** @throws KeyturnError `output-failed` if it cannot be written for another reason */
    write: (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        if (isClosed) return resolve();
        output.write(text, (error) => {
          isClosed ||= error != null && isReaderGone(error);
          if (error && !isClosed) reject(outputFailed(error));
          else resolve();
        });
      }),
  };
}

const isReaderGone = (error: Error): boolean =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');

const outputFailed = (cause: Error): KeyturnError =>
  new KeyturnError(
    'output-failed',
    `Standard output could not be written: ${cause.message}.`,
    'Free some space or write it elsewhere, then run the command again.',
    { cause },
  );

export const standardOutput = openOutput(process.stdout);
