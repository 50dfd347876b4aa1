import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { buildExecutable } from './build-executable.ts';
import { buildPage } from './build-page.ts';
import { packagesOf } from './bundled-packages.ts';
import { noticesText } from './notices.ts';
import { sbomText } from './sbom.ts';

/** Builds dist/: the executable and the page, whole, with the licences of what they contain and a list of it. */
rmSync('dist', { recursive: true, force: true });
const files = await Promise.all([buildExecutable(), buildPage()]);
const packages = packagesOf(files.flat());
const product = JSON.parse(readFileSync('package.json', 'utf8'));
const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
writeFileSync('dist/THIRD-PARTY-NOTICES.txt', noticesText(packages));
writeFileSync('dist/sbom.cdx.json', sbomText(product, packages, locked));
