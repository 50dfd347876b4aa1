import { cruise } from 'dependency-cruiser';
import { options, rules } from './import-rules.ts';

/**
 * Holds the imports against the rules of import-rules.ts. Fails also where the tool saw too little: without a
 * parser that knows the installed TypeScript it finds no import and would pass.
 */
const FEWEST_IMPORTS = 100;

const { output } = await cruise(['src', 'sandbox', 'ui'], {
  ...options,
  ruleSet: { forbidden: rules },
  validate: true,
});
if (typeof output === 'string') throw new Error(`unexpected output: ${output.slice(0, 200)}`);
const { violations, totalCruised, totalDependenciesCruised = 0 } = output.summary;
for (const { rule, from, to } of violations) {
  const why = rules.find(({ name }) => name === rule.name)?.comment;
  console.error(`${from} → ${to}\n  ${rule.name}: ${why}`);
}
if (totalDependenciesCruised < FEWEST_IMPORTS) {
  console.error(
    `only ${totalDependenciesCruised} imports seen in ${totalCruised} modules: the check sees nothing`,
  );
}
const passed = violations.length === 0 && totalDependenciesCruised >= FEWEST_IMPORTS;
console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${violations.length} violations`);
process.exitCode = passed ? 0 : 1;
