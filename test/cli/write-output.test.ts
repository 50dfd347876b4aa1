import { describe, expect, it } from 'vitest';
import { openOutput } from '../../src/cli/write-output.ts';

function failing(...codes: (string | undefined)[]) {
  const written: string[] = [];
  const output = openOutput({
    write: (text, done) => {
      const code = codes[written.push(text) - 1];
      done(code === undefined ? null : Object.assign(new Error(`${code}, write`), { code }));
    },
  });
  return { ...output, written };
}

describe('standard output', () => {
  it('whose reader left drops what follows, and fails nothing', async () => {
    const { write, isClosed, written } = failing(undefined, 'EPIPE');
    for (const text of ['a', 'b', 'c']) await write(text);
    expect({ closed: isClosed(), written }).toEqual({ closed: true, written: ['a', 'b'] });
  });

  it('that cannot be written for another reason is an error, and stays one', async () => {
    const { write, isClosed } = failing('ENOSPC', 'ERR_STREAM_DESTROYED');
    for (const text of ['a', 'b']) {
      await expect(write(text)).rejects.toMatchObject({
        code: 'output-failed',
        message: expect.stringMatching(/ENOSPC|DESTROYED/),
      });
    }
    expect(isClosed()).toBe(false);
  });
});
