import { writeFileSync } from 'node:fs';

/**
 * Loaded into the measured process with --import: leaves what it used behind. Microseconds of CPU, KB of memory. Not
 * TypeScript, since Node would load its compiler for it and charge that to what is measured.
 */
const file = process.env['KEYTURN_BENCH_USAGE'];
process.on('exit', () => {
  if (file !== undefined) writeFileSync(file, JSON.stringify(process.resourceUsage()));
});
