import type { BundledPackage } from './bundled-packages.ts';

/** What a lock file knows of a package. */
export interface LockedPackage {
  readonly version?: string;
  /** `sha512-` and the digest of its archive in base64. */
  readonly integrity?: string;
}

/**
 * A bill of materials in CycloneDX 1.6, of what is in dist/. It has neither a time nor a serial number: the same
 * packages are always the same bytes.
 * @param locked packages by their path, as in package-lock.json
 */
export function sbomText(
  product: Pick<BundledPackage, 'name' | 'version' | 'license'>,
  packages: readonly BundledPackage[],
  locked: Readonly<Record<string, LockedPackage>>,
): string {
  const root = componentOf(product);
  const components = packages.map((each) => ({ ...componentOf(each), ...hashesOf(each, locked) }));
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: { type: 'application', ...root } },
    components: components.map((each) => ({ type: 'library', ...each })),
    dependencies: [{ ref: root['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) }],
    compositions: [{ aggregate: 'complete', assemblies: [root['bom-ref']] }],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function componentOf({ name, version, license }: Pick<BundledPackage, 'name' | 'version' | 'license'>) {
  const [scope, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const isExpression = /\s/.test(license);
  return {
    'bom-ref': purl,
    ...(scope !== undefined && { group: scope }),
    name: short ?? name,
    version,
    licenses: [isExpression ? { expression: license } : { license: { id: license } }],
    purl,
  };
}

function hashesOf({ name, version }: BundledPackage, locked: Readonly<Record<string, LockedPackage>>) {
  const found = Object.entries(locked).find(
    ([path, each]) => path.endsWith(`node_modules/${name}`) && each.version === version,
  );
  const digest = found?.[1].integrity?.replace(/^sha512-/, '');
  if (digest === undefined) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] };
}
