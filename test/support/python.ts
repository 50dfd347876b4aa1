import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './journey.ts';

export const CHECKER = fileURLToPath(new URL('../../docs/verify_evidence.py', import.meta.url));
export const hasPython = spawnSync('python3', ['--version']).status === 0;
/** For a test's title, so that a skip is seen. */
export const withoutPython = hasPython ? '' : ' (skipped: there is no python3)';

/** Starting Python takes longer than checking: one process checks all. */
const DRIVER = `
import contextlib, io, json, os, runpy, sys
checker = runpy.run_path(sys.argv[1])
for index, options in enumerate(json.loads(sys.argv[3])):
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = checker["main"]([*options, os.path.join(sys.argv[2], str(index))])
    said = err.buffer.getvalue().decode()
    print(code, said.split(":")[0])
    print(said.split("\\n")[1] if "\\n" in said else "")
`;

/**
 * Has docs/verify_evidence.py check bundles, each in a directory of its own.
 * @param spoil may do more to a directory
 * @param options of the checker for each bundle
 * @returns for each its exit code, and the code that it names
 */
export const checkWithPython = (
  bundles: readonly ReadonlyMap<string, Buffer>[],
  spoil?: (directory: string, index: number) => void,
  options?: readonly (readonly string[])[],
): string[] => runOn(bundles, spoil, options).map(({ code }) => code);

/** The same, for what it says of each bundle as a whole. */
export const explainWithPython = (bundles: readonly ReadonlyMap<string, Buffer>[]): string[] =>
  runOn(bundles).map(({ text }) => text);

function runOn(
  bundles: readonly ReadonlyMap<string, Buffer>[],
  spoil: (directory: string, index: number) => void = () => {},
  options: readonly (readonly string[])[] = bundles.map(() => []),
): { code: string; text: string }[] {
  const root = temporaryDirectory();
  for (const [index, files] of bundles.entries()) {
    const directory = join(root, String(index));
    mkdirSync(directory);
    for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
    spoil(directory, index);
  }
  const said = execFileSync('python3', ['-c', DRIVER, CHECKER, root, JSON.stringify(options)], {
    encoding: 'utf8',
  });
  const lines = said.split('\n').map((line) => line.trim());
  return bundles.map((_, index) => ({ code: lines[2 * index] ?? '', text: lines[2 * index + 1] ?? '' }));
}
