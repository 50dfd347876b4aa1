import { expect, it } from 'vitest';
import { environmentOfBrowser } from '../../src/cli/open-browser.ts';

it('a browser gets what a desktop needs, and no secret', () => {
  const needed = {
    PATH: '/bin',
    HOME: '/home/a',
    DISPLAY: ':0',
    LC_ALL: 'C',
    XDG_RUNTIME_DIR: '/run',
    Path: 'C:',
  };
  const kept = {
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 'x',
    AWS_PROFILE: 'x',
    aws_secret_access_key: 'x',
    KEYTURN_KEY_PASSPHRASE: 'x',
    KEYTURN_STORE: 'x',
    HTTPS_PROXY: 'http://user:secret@proxy',
    GITHUB_TOKEN: 'x',
    NODE_OPTIONS: 'x',
    LD_PRELOAD: 'x',
    SSH_AUTH_SOCK: 'x',
    HOMEBREW_GITHUB_API_TOKEN: 'x',
    DATABASE_LC_URL: 'x',
  };
  expect(environmentOfBrowser({ ...needed, ...kept })).toEqual(needed);
});
