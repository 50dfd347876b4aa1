import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A package of which something is in dist/. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** Texts of its licence and its notices, in the order of their file names. */
  readonly texts: readonly string[];
}

/**
 * The packages that files come from, by name and version.
 * @param files paths of bundled files
 * @throws Error if a package does not say which licence it has, or its text is not known
 */
export function packagesOf(files: Iterable<string>): BundledPackage[] {
  const directories = new Set([...files].flatMap((file) => directoryOf(resolve(file)) ?? []));
  const packages = new Map([...directories].map(readPackage).map((each) => [idOf(each), each]));
  return [...packages.keys()].sort().flatMap((id) => packages.get(id) ?? []);
}

export const idOf = ({ name, version }: BundledPackage): string => `${name}@${version}`;

/** Greedy, so that of packages within packages it is the innermost. */
const directoryOf = (file: string): string | undefined =>
  /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];

const TEXT_FILE = /^(licen[cs]e|copying|notice|third[-_]party)/i;

function readPackage(directory: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name} does not say in package.json which licence it has`);
  const texts = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT_FILE.test(entry.name))
    .map((entry) => readFileSync(join(directory, entry.name), 'utf8').trim())
    .sort();
  return { name, version, license, texts: texts.length > 0 ? texts : [textOf(license, name)] };
}

/** Keyturn has the Apache licence itself; of the others, the copyright line is part of the text. */
function textOf(license: string, name: string): string {
  if (license === 'Apache-2.0') return readFileSync('LICENSE', 'utf8').trim();
  throw new Error(`${name} is under ${license} and has no licence file: add its text to the build`);
}
