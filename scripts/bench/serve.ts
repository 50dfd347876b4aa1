import { startSandbox } from '../../sandbox/index.ts';

/** Serves a sandbox with the settings given as JSON, and says where. */
const sandbox = await startSandbox(JSON.parse(process.argv[2] ?? '{}'));
console.log(JSON.stringify({ url: sandbox.url, env: sandbox.env }));
