import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib']
  .map((directory) => join(directory, 'faketime/libfaketimeMT.so.1'))
  .find((path) => existsSync(path));
export const hasFaketime = LIBRARY !== undefined;
/** For a test's title, so that a skip is seen. */
export const withoutFaketime = hasFaketime ? '' : ' (skipped: there is no libfaketime)';

/** A clock for one process, right until it is set. */
export interface FakeClock {
  /** The environment of the process that goes by it. */
  readonly env: Readonly<Record<string, string>>;
  /** @param by such as `+1h`, counted from the true time */
  set(by: string): void;
}

/** @param cwd the directory in which the clock's file is kept */
export function fakeClock(cwd: string): FakeClock {
  const path = join(cwd, 'clock');
  const set = (by: string) => writeFileSync(path, `${by}\n`);
  set('+0');
  return {
    env: {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}
