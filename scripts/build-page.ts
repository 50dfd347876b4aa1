import { build, type Plugin } from 'vite';
import { sealPage } from './seal-page.ts';

/** Has the page name the content of its files. */
const seal: Plugin = {
  name: 'seal-page',
  enforce: 'post',
  generateBundle(_, bundle) {
    const index = bundle['index.html'];
    if (index?.type !== 'asset') throw new Error('there is no page');
    index.source = sealPage(String(index.source), (path) => {
      const file = bundle[path];
      return file?.type === 'chunk' ? file.code : file?.source;
    });
  },
};

/**
 * Builds the review page into dist/ui: files with nothing inline, named by their content, for `keyturn review` to
 * serve.
 * @returns the files of which something is in it
 */
export async function buildPage(): Promise<string[]> {
  const files: string[] = [];
  const collect: Plugin = {
    name: 'collect-files',
    // Before what is unused is left out: a style sheet does not show in what is written.
    buildEnd() {
      files.push(...this.getModuleIds());
    },
  };
  await build({
    root: 'ui',
    plugins: [collect, seal],
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
      rolldownOptions: {
        // 'use client' says something to servers that render; there is none.
        checks: { moduleLevelDirective: false },
      },
    },
  });
  return files.map((file) => file.replace(/^\0|\?.*$/g, ''));
}
