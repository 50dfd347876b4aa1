import { build } from 'vite';

/**
 * Builds the review page into dist/ui: files with nothing inline, named by their content, for `keyturn review` to
 * serve; with the licences of what they contain.
 */
export async function buildPage(): Promise<void> {
  await build({
    root: 'ui',
    base: '/',
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      outDir: '../dist/ui',
      emptyOutDir: false,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // One person loads it from the same machine.
      chunkSizeWarningLimit: 2000,
      license: { fileName: 'licences.md' },
      rolldownOptions: {
        // 'use client' says something to servers that render; there is none.
        checks: { moduleLevelDirective: false },
      },
    },
  });
}
