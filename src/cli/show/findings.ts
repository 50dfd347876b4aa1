import type { Finding } from '../../model/finding.ts';
import { aliasesText } from '../../report/profile.ts';

export const COLUMNS = [
  { title: 'Region' },
  { title: 'Key', identifier: true },
  { title: 'Alias' },
  { title: 'Description' },
  { title: 'Usage' },
  { title: 'Spec' },
  { title: 'State' },
  { title: 'Rotation' },
];

export function toRow(finding: Finding): string[] {
  const { region, keyId, Description = '', KeyUsage = '', KeySpec = '', KeyState = '' } = finding;
  return [
    region,
    keyId,
    aliasesText(finding),
    Description,
    KeyUsage,
    KeySpec,
    KeyState,
    rotationWords(finding),
  ];
}

function rotationWords({ rotation, RotationPeriodInDays }: Finding): string {
  return RotationPeriodInDays === undefined ? rotation : `${rotation}, ${RotationPeriodInDays} days`;
}
