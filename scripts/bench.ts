import { changesInOnePlace, manyKeysInOnePlace, oneCall, onePlace, organization } from './bench/cases.ts';
import { drawChart, writeFigures } from './bench/figures.ts';

/**
 * Measures Keyturn on the sandbox, each figure beside what it is held against in the same run: machines differ, ratios
 * less. `npm run bench -- changes call` runs some cases only; `--quick` takes the smaller sizes.
 */
const cases = {
  place: onePlace,
  keys: manyKeysInOnePlace,
  changes: changesInOnePlace,
  organization,
  call: oneCall,
};
const args = process.argv.slice(2);
const quick = args.includes('--quick');
const wanted = args.filter((arg) => Object.hasOwn(cases, arg));
const figures = [];
for (const [name, measureCase] of Object.entries(cases)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const figure of await measureCase(quick)) {
    figures.push(figure);
    console.log(`${figure.ratio.toFixed(2).padStart(8)}  ${figure.what}\n          ${figure.detail}`);
  }
}
if (!quick && wanted.length === 0) {
  writeFigures(figures);
  drawChart(figures);
}
