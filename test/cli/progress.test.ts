import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showProgress } from '../../src/cli/progress.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import type { Message } from '../../src/messages/message.ts';

const THROTTLED: Message = { code: 'throttled', operation: 'DescribeKey' };
const progressOf = (done: number): Message => ({ code: 'progress', phase: 'assess', done, of: 10 });

function open(quiet = false) {
  let told = '';
  const err = (text: string) => {
    told += text;
  };
  const { notify, end, conclude } = showProgress({ ...openTerminal({ quiet }), err });
  return { notify, end, conclude, told: () => told };
}

describe('the progress', () => {
  const { isTTY } = process.stderr;
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    process.stderr.isTTY = isTTY;
  });

  it('counts what AWS throttled in the plain line, and says so at the end', () => {
    process.stderr.isTTY = false;
    const { notify, end, conclude, told } = open();
    vi.advanceTimersByTime(10_000);
    notify(progressOf(1));
    expect(told()).toMatch(/assess 1\/10 keys.*\n$/);
    expect(told()).not.toContain('throttled');
    for (let calls = 0; calls < 12; calls++) notify(THROTTLED);
    vi.advanceTimersByTime(10_000);
    notify(progressOf(2));
    expect(told()).toMatch(/assess 2\/10 keys.*, 12 throttled\n$/);
    end();
    conclude();
    expect(told()).toMatch(/AWS throttled 12 calls;.*--pace.*\n$/);
  });

  it('draws the bar again for a throttle, where no key is done meanwhile', () => {
    process.stderr.isTTY = true;
    const { notify, end, told } = open();
    notify(progressOf(1));
    vi.advanceTimersByTime(200);
    notify(THROTTLED);
    expect(told()).toMatch(/assess 1\/10 keys[^\n]*, 1 throttled$/);
    end();
    const drawn = told();
    vi.advanceTimersByTime(200);
    notify(THROTTLED);
    expect(told()).toBe(drawn);
  });

  it('says nothing of it where nothing was throttled, or all shall be quiet', () => {
    const [smooth, quiet] = [open(), open(true)];
    quiet.notify(THROTTLED);
    for (const { conclude, told } of [smooth, quiet]) {
      conclude();
      expect(told()).toBe('');
    }
  });
});
