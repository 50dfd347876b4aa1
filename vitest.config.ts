import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/binary/**', 'test/scenarios/**', 'test/page/**'],
          isolate: false,
          // What the machine's own network needs is not the tests' business.
          env: { AWS_CA_BUNDLE: '', HTTPS_PROXY: '', HTTP_PROXY: '', https_proxy: '', http_proxy: '' },
          // Some try every byte; a busy machine takes its time.
          testTimeout: 60_000,
        },
      },
      // These drive the built executable, so they need `npm run build` first.
      {
        test: {
          name: 'binary',
          include: ['test/binary/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 30_000,
        },
      },
      // These drive the built executable through a real Chromium, and are skipped where there is none.
      {
        test: {
          name: 'page',
          include: ['test/page/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
