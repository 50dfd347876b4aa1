/** The entry: as little as possible before the version of Node is known to do. */
const NEEDED = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < NEEDED) {
  process.stderr.write(
    `error: Keyturn needs Node ${NEEDED} or newer; this is ${process.version}. Install it, for instance with: npm install --global node@${NEEDED}\n`,
  );
  process.exitCode = 1;
} else {
  // Whatever Keyturn writes is for its owner's eyes alone; SQLite's side files follow this too.
  process.umask(0o077);
  // A reader that left (`keyturn list | head`) is no reason to die in the middle of something.
  // Every write to standard output hears of its own error.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  // Remarks of libraries are for their developers. They would break a silent run, or the one line of an error.
  if (!process.env['KEYTURN_DEBUG']) silenceLibraries();
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}

function silenceLibraries(): void {
  const drop = () => {};
  Object.assign(console, { log: drop, info: drop, debug: drop, warn: drop, error: drop });
  process.removeAllListeners('warning');
}
