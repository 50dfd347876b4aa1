import { rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';

/**
 * Bundles the command line into dist/. Small packages go in, since finding their many files is most of what start-up
 * costs; the AWS SDK, undici and the prompts stay outside and load when they are used.
 */
/** Zod brings its messages in some fifty languages, which is half of what there is to compile; ours are English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const outdir = 'dist';
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: { keyturn: 'src/cli/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  // Less to read and to compile at every start; names stay, for what an error says.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [englishOnly],
  // Its build for Node is CommonJS that calls require('process'), which a bundle of modules cannot.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  external: ['@aws-sdk/*', '@clack/prompts', 'undici'],
  logLevel: 'warning',
});
