import { rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './build-page.ts';

/** Zod brings its messages in some fifty languages, which is half of what there is to compile; ours are English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Of undici, which is fetch, WebSocket, caches and more, what Keyturn uses: a third of what there is to load. */
const UNDICI = `
exports.Client = require('./lib/dispatcher/client.js');
exports.buildConnector = require('./lib/core/connect.js');
exports.errors = require('./lib/core/errors.js');
// Loaded if there is a proxy.
Object.defineProperty(exports, 'EnvHttpProxyAgent', {
  enumerable: true,
  get: () => {
    require('./lib/dispatcher/dispatcher.js').prototype.connect = require('./lib/api/api-connect.js');
    return require('./lib/dispatcher/env-http-proxy-agent.js');
  },
});
`;
const clientOnly: Plugin = {
  name: 'client-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /undici\/index\.js$/ }, () => ({ contents: UNDICI }));
  },
};

/**
 * Bundles the command line into dist/. Small packages go in, since finding their many files is most of what start-up
 * costs; the AWS SDK and the prompts stay outside and load when they are used.
 */
const outdir = 'dist';
rmSync(outdir, { recursive: true, force: true });
const page = buildPage();
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
  plugins: [englishOnly, clientOnly],
  // For undici, which is CommonJS and asks for modules of Node's.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // Its build for Node is CommonJS that calls require('process'), which a bundle of modules cannot.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  external: ['@aws-sdk/*', '@clack/*'],
  logLevel: 'warning',
});
await page;
