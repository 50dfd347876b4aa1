import type { Finding } from './finding.ts';
import type { RotationAccess } from './key-facts.ts';

/** Why configure will not, or may not, be let to turn rotation on: raw text. */
export interface RefusalWarning {
  /** `refused`: as far as the key policy says. `conditional`: it depends on what is not known. */
  readonly kind: 'refused' | 'conditional';
  readonly reason: string;
  readonly fix: string;
}

/** What the key policy of a candidate holds against the change, if anything. A policy that was not read says nothing. */
export function warnOfRefusal({
  kind,
  policy,
}: Pick<Finding, 'kind' | 'policy'>): RefusalWarning | undefined {
  const access = policy?.enableKeyRotation;
  if (kind !== 'candidate' || !access) return undefined;
  if (access.access !== 'refused' && access.access !== 'conditional') return undefined;
  const fix =
    access.access === 'refused'
      ? 'Have its policy allow the call before you configure.'
      : 'Check its policy before you configure.';
  return { kind: access.access, reason: reasonOf(access), fix };
}

function reasonOf({ access, principal, denied, dependsOn = [], principals = [] }: RotationAccess): string {
  const who = principal ?? 'the caller';
  const on = dependsOn.length > 0 ? ` The condition is on ${dependsOn.join(', ')}.` : '';
  if (access === 'refused') {
    if (denied) return `The key policy denies kms:EnableKeyRotation to ${who}.`;
    if (dependsOn.length > 0)
      return `No statement of the key policy lets ${who} call kms:EnableKeyRotation directly.${on}`;
    return `The key policy does not let ${who} call kms:EnableKeyRotation, and IAM policies cannot.`;
  }
  if (principals.length > 0) {
    return `The key policy lets only these call kms:EnableKeyRotation, and IAM policies cannot: ${principals.join(', ')}.`;
  }
  return denied
    ? `The key policy may deny kms:EnableKeyRotation to ${who}.${on}`
    : `The key policy lets ${who} call kms:EnableKeyRotation under a condition.${on}`;
}
