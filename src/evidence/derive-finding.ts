import { assembleFinding } from '../assess/assemble.ts';
import { rotationIsReadable } from '../assess/eligibility.ts';
import type { Failure } from '../model/failure.ts';
import type { Finding } from '../model/finding.ts';
import { isLongBefore } from '../model/in-force.ts';
import { type KeyFacts, keyMetadata, type Reading, rotationStatus } from '../model/key-facts.ts';
import { isNamedByArn } from '../model/place.ts';
import type { Rollout } from '../model/rollout.ts';
import { EvidenceError } from './error.ts';
import { isSame } from './json-line.ts';
import { FINDINGS_FILE } from './population.ts';

/**
 * Passes findings on that follow from their own facts and from the rollout.
 * @throws EvidenceError `evidence-findings` at the first that does not
 */
export async function* deriveFindings(
  findings: AsyncIterable<Finding>,
  rollout: Rollout,
): AsyncGenerator<Finding> {
  let number = 0;
  for await (const finding of findings) {
    number += 1;
    const why = contradictionIn(finding, rollout);
    if (why !== undefined)
      throw new EvidenceError('evidence-findings', `${FINDINGS_FILE} line ${number}`, why);
    yield finding;
  }
}

/** Why a finding does not follow from what was read of its key; undefined if it does. */
function contradictionIn(finding: Finding, rollout: Rollout): string | undefined {
  const { keyArn } = finding;
  if (!isNamedByArn(finding, rollout.scope.partition)) return `${keyArn} does not name this key.`;
  if (isUnexplained(finding))
    return `${keyArn}: a fact was asked for, and neither it nor a failure is there.`;
  if (!isReadInTime(finding, rollout)) return `${keyArn} was read at another time than the assessment.`;
  if (isBeyondScope(finding, rollout)) return `${keyArn} has facts that were not asked for.`;
  const facts = factsOf(finding);
  const derived = assembleFinding(facts, rollout);
  const isDerived = derived && isSame(stated(derived), stated(finding)) && isPlaced(finding, derived);
  if (isDerived && isRotationAsked(facts) === (finding.readAt['rotation'] !== undefined)) return undefined;
  return `${keyArn} contradicts what was read of the key.`;
}

const isRotationAsked = ({ metadata }: KeyFacts): boolean =>
  metadata.kind === 'read' && rotationIsReadable(metadata.value);

/** The scope may have grown since a key was read: its primary may be in scope by now. */
const isPlaced = ({ primaryInScope: said }: Finding, { primaryInScope: now }: Finding): boolean =>
  (said === undefined) === (now === undefined) && !(said === true && now === false);

/** What has to follow: not the sentences, which belong to a version, nor what only the reading itself knows. */
function stated({
  explanation,
  advice,
  gaps,
  readAt,
  lastUsage,
  primaryInScope,
  ...facts
}: Finding): Partial<Finding> {
  return facts;
}

/** Each fact that was asked for is there, or a failure is in its place; none is there that was not asked for. */
function isUnexplained(finding: Finding): boolean {
  const asked = Object.keys(finding.readAt);
  const there: string[] = FACTS.filter(({ field }) => finding[field] !== undefined).map(({ fact }) => fact);
  const missing = asked.filter((fact) => !there.includes(fact)).length;
  const isAsked = (fact: string) => asked.includes(fact);
  const isKnown = asked.every((fact) => FACTS.some((each) => each.fact === fact));
  return !isKnown || !isAsked('metadata') || !there.every(isAsked) || finding.gaps.length < missing;
}

/** By a field that says whether a fact was read. */
const FACTS = [
  { fact: 'metadata', field: 'KeyState' },
  { fact: 'rotation', field: 'KeyRotationEnabled' },
  { fact: 'aliases', field: 'aliases' },
  { fact: 'tags', field: 'tags' },
  { fact: 'policy', field: 'policy' },
  { fact: 'pastRotations', field: 'pastRotations' },
  { fact: 'lastUsage', field: 'lastUsage' },
] as const satisfies readonly { fact: string; field: keyof Finding }[];

/** Each fact was read while the assessment was under way, as far as clocks agree. */
function isReadInTime({ readAt }: Finding, { createdAt, assessedAt }: Rollout): boolean {
  return Object.values(readAt).every(
    (at) => !isLongBefore(at, createdAt) && (assessedAt === undefined || !isLongBefore(assessedAt, at)),
  );
}

function isBeyondScope({ readAt, kind }: Finding, { scope }: Rollout): boolean {
  const isCandidate = kind === 'candidate';
  const asked = {
    tags: scope.tags,
    policy: scope.policies,
    pastRotations: isCandidate && scope.rotations === true,
    lastUsage: isCandidate && scope.lastUsage === true,
  };
  return Object.entries(asked).some(([fact, isAsked]) => !isAsked && readAt[fact] !== undefined);
}

/** The facts that a finding was made of, as far as it holds them. */
function factsOf(finding: Finding): KeyFacts {
  const { keyArn, keyId, account, region, readAt, gaps, aliases, tags, policy, pastRotations } = finding;
  // Of the reads that failed, the first is the one that decided.
  const [failure = UNTOLD] = gaps;
  const reading = <T>(fact: string, value: T | undefined): Reading<T> | undefined => {
    const at = readAt[fact];
    if (at === undefined) return undefined;
    return value === undefined ? { kind: 'unreadable', failure, at } : { kind: 'read', value, at };
  };
  const metadata = reading('metadata', keyMetadata.safeParse(finding).data) ?? unreadable(failure);
  const optional = {
    rotation: reading('rotation', rotationStatus.safeParse(finding).data),
    aliases: reading('aliases', aliases),
    tags: reading('tags', tags),
    policy: reading('policy', policy),
    pastRotations: reading('pastRotations', pastRotations),
  };
  return { keyArn, keyId, account, region, metadata, ...withoutUndefined(optional) };
}

const unreadable = (failure: Failure) => ({ kind: 'unreadable', failure, at: '' }) as const;
const UNTOLD: Failure = { operation: '', kind: 'malformed-answer', code: '', message: '' };

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const withoutUndefined = <T extends object>(value: T): Present<T> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Present<T>;
