import { describe, expect, it } from 'vitest';
import { adviseFailure } from '../../src/model/advice.ts';

const PLACE = { account: '111122223333', region: 'eu-central-1' };
const failed = (code: string) =>
  ({ operation: 'ListKeys', kind: 'network', code, message: `connect ${code}` }) as const;

describe('the advice on a call without an answer', () => {
  it.each(['EMFILE', 'ENFILE'])('raises the limit of open files after %s', (code) => {
    expect(adviseFailure(failed(code), PLACE)).toMatch(/ulimit -n/);
  });

  it('is nothing if the code does not tell what to fix', () => {
    expect(adviseFailure(failed('ECONNRESET'), PLACE)).toBeUndefined();
  });
});
