import type { Finding } from './finding.ts';

/** The replicas of a multi-Region primary: one family shares the setting, and rotates as one (kms-facts §4). */
export interface Family {
  readonly replicas: readonly { readonly keyArn: string; readonly region: string }[];
  /** In order, each once. */
  readonly regions: readonly string[];
}

/** @returns undefined for a key that is no multi-Region primary */
export function familyOf({ MultiRegionConfiguration }: Finding): Family | undefined {
  if (MultiRegionConfiguration?.MultiRegionKeyType !== 'PRIMARY') return undefined;
  const replicas = (MultiRegionConfiguration.ReplicaKeys ?? []).map(({ Arn, Region }) => ({
    keyArn: Arn,
    region: Region,
  }));
  return { replicas, regions: [...new Set(replicas.map(({ region }) => region))].sort() };
}
