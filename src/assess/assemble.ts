import type { Failure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import type { KeyFacts, Reading } from '../model/key-facts.ts';
import type { LastUsage } from '../model/last-use.ts';
import type { Scope } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import { type Conclusion, concludeFinding } from './eligibility.ts';
import { explainFinding } from './explain.ts';

/** What an assembled finding depends on beside the key's own facts. */
export interface AssessmentContext {
  readonly scope: Scope;
  /** Days; proposed for each candidate. */
  readonly RotationPeriodInDays: number;
  /** Who assesses, and the roles that were assumed: from them follows who is to configure. */
  readonly callerArn?: string;
  readonly roles?: Rollout['roles'];
}

/**
 * Joins the facts of one key to its finding: the record that is stored, shown, and hashed into the plan.
 * @returns undefined for an AWS managed key, which is counted and left out
 */
export function assembleFinding(facts: KeyFacts, context: AssessmentContext): Finding | undefined {
  const conclusion = concludeFinding(facts);
  if (conclusion.kind === 'aws-managed') return undefined;
  const profile = assembleProfile(facts, context.scope);
  const proposed = proposeChange(conclusion, context);
  return {
    keyArn: facts.keyArn,
    keyId: facts.keyId,
    account: facts.account,
    region: facts.region,
    ...conclusion,
    ...explainFinding(conclusion, { ...profile, ...proposed, account: facts.account, region: facts.region }),
    ...profile,
    ...proposed,
  };
}

/** The same finding with when its key was last used, or that this could not be read; asked again, it is replaced. */
export function withLastUsage(finding: Finding, reading: Reading<LastUsage>): Finding {
  const { lastUsage: _, gaps, readAt, ...rest } = finding;
  const others = gaps.filter(({ operation }) => operation !== LAST_USAGE);
  return {
    ...rest,
    ...(reading.kind === 'read' && { lastUsage: reading.value }),
    gaps: [...others, ...failuresOf(reading)],
    readAt: { ...readAt, lastUsage: reading.at },
  };
}

const LAST_USAGE = 'GetKeyLastUsage';

function proposeChange({ kind }: Conclusion, context: AssessmentContext): Pick<Finding, 'proposed'> {
  if (kind !== 'candidate') return {};
  const { RotationPeriodInDays } = context;
  return { proposed: { operation: 'EnableKeyRotation', RotationPeriodInDays } };
}

function assembleProfile(facts: KeyFacts, scope: Scope) {
  const { metadata, rotation, aliases, tags, policy, pastRotations } = facts;
  return {
    rotation: rotationWord(rotation),
    ...valueRead(metadata),
    ...valueRead(rotation),
    ...primaryInScope(facts, scope),
    ...nameOf(aliases),
    ...(tags?.kind === 'read' && { tags: { ...tags.value } }),
    ...(policy?.kind === 'read' && { policy: policy.value }),
    ...(pastRotations?.kind === 'read' && { pastRotations: pastRotations.value }),
    gaps: failuresOf(metadata, rotation, aliases, tags, policy, pastRotations),
    readAt: timesOf({ metadata, rotation, aliases, tags, policy, pastRotations }),
  };
}

function valueRead<T>(reading: Reading<T> | undefined): T | undefined {
  return reading?.kind === 'read' ? reading.value : undefined;
}

function rotationWord(rotation: KeyFacts['rotation']): Finding['rotation'] {
  if (rotation === undefined) return 'not-read';
  if (rotation.kind === 'unreadable') return 'unreadable';
  return rotation.value.KeyRotationEnabled ? 'on' : 'off';
}

/** Aliases in order, the first as the primary one: AWS gives them no rank, so theirs is the alphabet's. */
function nameOf(aliases: KeyFacts['aliases']): Pick<Finding, 'aliases' | 'primaryAlias'> {
  if (aliases?.kind !== 'read') return {};
  const sorted = [...aliases.value].sort();
  return { aliases: sorted, ...(sorted[0] !== undefined && { primaryAlias: sorted[0] }) };
}

function primaryInScope({ metadata, account }: KeyFacts, scope: Scope): Pick<Finding, 'primaryInScope'> {
  const configuration = valueRead(metadata)?.MultiRegionConfiguration;
  if (configuration?.MultiRegionKeyType !== 'REPLICA') return {};
  const region = configuration.PrimaryKey?.Region;
  return {
    primaryInScope:
      region !== undefined && scope.regions.includes(region) && scope.accounts.includes(account),
  };
}

function failuresOf(...readings: readonly (Reading<unknown> | undefined)[]): Failure[] {
  return readings.flatMap((reading) => (reading?.kind === 'unreadable' ? [reading.failure] : []));
}

function timesOf(readings: Record<string, Reading<unknown> | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readings).flatMap(([fact, reading]) => (reading ? [[fact, reading.at]] : [])),
  );
}
