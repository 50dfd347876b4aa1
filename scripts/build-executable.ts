import { build, type Plugin } from 'esbuild';

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
 * Bundles the command line with all that it uses into dist/: finding the many files of many packages is most of what
 * start-up costs. What a command does not use is in files that it does not load.
 * @returns the files of which something is in it
 */
export async function buildExecutable(): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: { keyturn: 'src/cli/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    metafile: true,
    // Modules before CommonJS: of those the unused parts are left out.
    mainFields: ['module', 'main'],
    // Less to read and to compile at every start; names stay, for what an error says.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    plugins: [englishOnly, clientOnly],
    // For undici, which is CommonJS and asks for modules of Node's.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    // Its build for Node is CommonJS that calls require('process'), which a bundle of modules cannot.
    alias: { yaml: './node_modules/yaml/browser/index.js' },
    logLevel: 'warning',
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}
