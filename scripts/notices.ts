import type { BundledPackage } from './bundled-packages.ts';

const RULE = '-'.repeat(80);

/** The licences and notices of everything that is bundled; a text that several packages share is in it once. */
export function noticesText(packages: readonly BundledPackage[]): string {
  const byText = Map.groupBy(packages, ({ texts }) => texts.join(`\n\n${RULE}\n\n`));
  const parts = [...byText].map(([text, sharing]) => {
    const names = sharing.map(({ name, version, license }) => `${name} ${version} (${license})\n`);
    return `${RULE}\n${names.join('')}${RULE}\n\n${text}\n`;
  });
  return `Keyturn contains the packages below, under the licences that follow each.\n\n${parts.join('\n')}`;
}
