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

  it('tells places that stopped for the same reason as one, before the result', () => {
    process.stderr.isTTY = false;
    const { notify, end, told } = open();
    for (let n = 1; n <= 240; n++) {
      for (const region of ['eu-central-1', 'us-east-1', 'eu-west-1']) {
        const place = { account: String(n).padStart(12, '0'), region };
        notify({ code: 'place-stopped', place, reason: '--limit 5 reached' });
        if (n === 240)
          notify({ code: 'place-stopped', place, reason: `denied in ${place.account}`, fix: 'Fix it.' });
      }
    }
    expect(told()).toBe('');
    end();
    expect(told().split('\n')).toHaveLength(4);
    expect(told()).toMatch(
      /^717 places .*stopped, the rest is left as it was: --limit 5 reached\. Accounts: .* and 236 more\.\n/,
    );
    expect(told()).toMatch(/3 places \(1 account, 3 Regions\): .*: denied in ACCOUNT\.\n {2}→ Fix it\.\n$/);
    end();
    expect(told().split('\n')).toHaveLength(4);
  });
});

describe('what a configure leaves', () => {
  const says = (message: Message) => {
    const { notify, told } = open();
    notify(message);
    return told();
  };

  it('is one line', () => {
    const left = { code: 'keys-left', changes: 5, keys: 3576, places: 717, bound: '--limit 5' } as const;
    expect(says(left)).toBe('5 changes made, 3,576 keys in 717 places left (--limit 5)\n');
    expect(says({ ...left, changes: 1, keys: 1, places: 1, bound: 'wave 1 of 3' })).toBe(
      '1 change made, 1 key in 1 place left (wave 1 of 3)\n',
    );
  });

  it('and a change that is settled name key and account', () => {
    const keyArn = 'arn:aws:kms:eu-central-1:111122223333:key/k';
    expect(says({ code: 'settling', keyArn, seconds: 60 })).toContain(keyArn);
  });
});

describe('the time left', () => {
  it('is in minutes if it is long, and no rate is told as none', () => {
    vi.useFakeTimers();
    const { isTTY } = process.stderr;
    process.stderr.isTTY = false;
    const { notify, told } = open();
    vi.advanceTimersByTime(10_000);
    notify(progressOf(1));
    expect(told()).toBe('assess 1/10 keys, 90 s left\n');
    vi.advanceTimersByTime(90_000);
    notify(progressOf(1));
    expect(told()).toMatch(/\nassess 1\/10 keys, 15 min left\n$/);
    process.stderr.isTTY = isTTY;
    vi.useRealTimers();
  });
});
