import { KeyturnError } from '../../messages/error.ts';
import { suggest } from '../../messages/suggest.ts';
import { canBeNewRegion, isKnownRegion, KNOWN_REGIONS } from '../../model/regions.ts';
import type { Answer, Aws } from '../ports.ts';

/**
 * Refuses names that no Region has, before AWS is asked anything.
 * @throws KeyturnError `input-argument` with what was probably meant
 */
export function checkRegionNames(regions: readonly string[]): void {
  refuse(
    regions.filter((region) => !isKnownRegion(region) && !canBeNewRegion(region)),
    KNOWN_REGIONS,
  );
}

/**
 * Refuses a Region that this version does not know and that AWS lists for none of the accounts. AWS's list is the judge:
 * a Region that is newer than this version is one that some account has enabled. If a list cannot be read, the
 * assessment finds out.
 * @param enabled Regions of the caller's account
 * @throws KeyturnError `input-argument` with what was probably meant
 */
export async function checkRegionsExist(
  aws: Pick<Aws, 'listEnabledRegions'>,
  accounts: readonly string[],
  regions: readonly string[],
  enabled: Answer<readonly string[]>,
): Promise<void> {
  let doubtful = regions.filter((region) => !isKnownRegion(region));
  const listed = new Set(enabled.ok ? enabled.value : []);
  doubtful = doubtful.filter((region) => !listed.has(region));
  for (const account of accounts) {
    if (doubtful.length === 0) return;
    const own = await aws.listEnabledRegions(account);
    if (!own.ok) return;
    for (const region of own.value) listed.add(region);
    doubtful = doubtful.filter((region) => !listed.has(region));
  }
  refuse(doubtful, [...KNOWN_REGIONS, ...listed]);
}

function refuse(wrong: readonly string[], known: readonly string[]): void {
  if (wrong.length === 0) return;
  const said = wrong.map((region) => {
    const meant = suggest(region, known);
    return `${region} is not an AWS Region.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  });
  throw new KeyturnError(
    'input-argument',
    said.join(' '),
    'Correct --region, AWS_REGION or the configuration. Nothing was begun.',
  );
}
