import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeLeftLinks, writeLinkFile } from '../../src/files/link-file.ts';
import { temporaryDirectory } from '../support/journey.ts';

const URL = 'http://a1.localhost:4600/enter?token=a-b_c';
const gone = () => spawnSync(process.execPath, ['--version']).pid;

describe('the file that leads a browser to the page', () => {
  it('is for its owner alone, and goes', () => {
    const parent = temporaryDirectory();
    const { path, remove } = writeLinkFile(URL, parent);
    expect(readFileSync(path, 'utf8')).toContain(`url=${URL}"`);
    expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
    remove();
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('of a review that was killed goes at the next start; of one that runs, and what is not its own, stays', () => {
    const parent = temporaryDirectory();
    const victim = join(parent, 'victim');
    const make = (name: string) => {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'open.html'), '');
      return join(parent, name);
    };
    make('victim');
    const pid = gone();
    const left = make(`keyturn-review-${pid}-aB3dEf`);
    const stay = [
      make(`keyturn-review-${process.pid}-aB3dEf`),
      make(`keyturn-review-${pid}`),
      make('other'),
      victim,
    ];
    const link = join(parent, `keyturn-review-${pid}-linked`);
    symlinkSync(victim, link);
    removeLeftLinks(parent);
    expect(existsSync(left)).toBe(false);
    for (const path of [...stay.map((each) => join(each, 'open.html')), link])
      expect([path, existsSync(path)]).toEqual([path, true]);
  });

  it('is no reason not to start if the directory cannot be read', () => {
    expect(() => removeLeftLinks(join(temporaryDirectory(), 'none'))).not.toThrow();
  });

  it('is not made for another address', () => {
    const others = [
      'http://127.0.0.1:1/',
      'http://evil.example/',
      'http://a.localhost:1/"><script>',
      'file:///etc',
    ];
    for (const url of others) expect(() => writeLinkFile(url)).toThrow(RangeError);
  });
});
