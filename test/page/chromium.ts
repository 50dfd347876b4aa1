import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { cleanUp } from '../support/cleanup.ts';
import type { Journey } from '../support/journey.ts';
import type { Running } from '../support/keyturn.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium of this machine; KEYTURN_CHROMIUM names another one. */
export const CHROMIUM = [process.env['KEYTURN_CHROMIUM'], ...PLACES].find(
  (path): path is string => path !== undefined && existsSync(path),
);
if (!CHROMIUM) {
  console.warn('No Chromium found: the tests of the page are skipped. Install one, or set KEYTURN_CHROMIUM.');
}

/** Without what it would otherwise try to fetch from the internet by itself. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let shared: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  if (!shared) {
    const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET;
    shared = chromium.launch({ executablePath: CHROMIUM ?? '', args });
    cleanUp(async () => (await shared)?.close());
  }
  return shared;
}

export interface View {
  readonly page: Page;
  /** What the browser complained of, and every address that it asked for beside Keyturn's. */
  readonly complaints: string[];
  readonly foreign: string[];
}

export interface ViewOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

/** A browser window of its own, with its own cookies. */
export async function openView(origin: string, options: ViewOptions = {}): Promise<View> {
  const { width = 1400, height = 1000, dark = false } = options;
  const context = await (await launch()).newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  cleanUp(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) foreign.push(url);
  });
  return { page, complaints, foreign };
}

export interface Served {
  readonly url: string;
  readonly origin: string;
  readonly running: Running;
}

/** Starts `keyturn review` and waits for its address. */
export async function serve(journey: Pick<Journey, 'start'>, ...args: string[]): Promise<Served> {
  const running = journey.start('review', '--no-open', '--json', ...args);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  running.child.stdout?.on('data', (chunk: string) => {
    text += chunk;
    try {
      resolve((JSON.parse(text) as { url: string }).url);
    } catch {
      // More is to come.
    }
  });
  void running.ended.then(({ stdout, stderr }) => reject(new Error(`it ended: ${stdout}${stderr}`)));
  onTestFinished(async () => {
    running.child.kill('SIGTERM');
    await running.ended;
  });
  const url = await promise;
  return { url, origin: new URL(url).origin, running };
}
