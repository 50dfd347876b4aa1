import type { ApprovalHeader, DecidedKey } from '../model/approval.ts';
import { costOf, monthlyAfter } from '../model/cost.ts';
import { familyOf } from '../model/family.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RotationPrice } from '../model/price.ts';
import { stackOf } from '../model/stack.ts';
import type { VerdictRow } from '../model/verdict.ts';
import { lastUseText, refusalText } from './profile.ts';

/** Columns by title, in order; what is absent leaves its cell empty. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | number | boolean | undefined>>;

interface KeyRow {
  readonly keyArn: string;
  readonly keyId: string;
  readonly account: string;
  readonly region: string;
}

const keyColumns = {
  keyArn: (row: KeyRow) => row.keyArn,
  keyId: (row: KeyRow) => row.keyId,
  account: (row: KeyRow) => row.account,
  region: (row: KeyRow) => row.region,
};

/**
 * @param planDigest written on every row; empty while there is no plan
 * @param price what a rotation costs; for candidates
 */
export const findingColumns = (planDigest: string, price: RotationPrice): Columns<Finding> => ({
  keyArn: (f) => f.keyArn,
  planDigest: () => planDigest,
  decision: () => '',
  reason: () => '',
  keyId: (f) => f.keyId,
  account: (f) => f.account,
  region: (f) => f.region,
  finding: (f) => f.kind,
  basis: (f) => f.basis,
  findingReason: (f) => f.reason,
  explanation: (f) => f.explanation,
  advice: (f) => f.advice,
  primaryAlias: (f) => f.primaryAlias,
  aliases: (f) => list(f.aliases),
  Description: (f) => f.Description,
  KeyState: (f) => f.KeyState,
  KeySpec: (f) => f.KeySpec,
  KeyUsage: (f) => f.KeyUsage,
  Origin: (f) => f.Origin,
  MultiRegion: (f) => f.MultiRegion,
  MultiRegionKeyType: (f) => f.MultiRegionConfiguration?.MultiRegionKeyType,
  primaryKeyArn: (f) => f.MultiRegionConfiguration?.PrimaryKey?.Arn,
  rotation: (f) => f.rotation,
  RotationPeriodInDays: (f) => f.RotationPeriodInDays,
  NextRotationDate: (f) => f.NextRotationDate,
  CreationDate: (f) => f.CreationDate,
  DeletionDate: (f) => f.DeletionDate,
  tags: (f) => list(f.tags && Object.entries(f.tags).map(([key, value]) => `${key}=${value}`)),
  stack: (f) => stackOf(f.tags)?.name,
  stackResource: (f) => stackOf(f.tags)?.logicalId,
  replicas: (f) => familyOf(f)?.replicas.length,
  replicaRegions: (f) => list(familyOf(f)?.regions),
  pastRotations: (f) => f.pastRotations,
  addedPerMonth: (f) => added(f, price)?.at(0),
  addedPerMonthAtMost: (f) => added(f, price)?.at(-1),
  currency: (f) => (f.kind === 'candidate' ? price.currency : undefined),
  lastUse: (f) => lastUseText(f),
  lastUsedAt: (f) => f.lastUsage?.KeyLastUsage?.Timestamp,
  users: (f) => list(f.policy?.users),
  administrators: (f) => list(f.policy?.administrators),
  delegatesToAccount: (f) => f.policy?.delegatesToAccount,
  delegationDependsOn: (f) => list(f.policy?.delegationDependsOn),
  enableKeyRotation: (f) => f.policy?.enableKeyRotation?.access,
  warning: (f) => refusalText(f) || undefined,
  openTo: (f) =>
    list(
      f.policy?.openTo.map(({ principal, conditional }) => principal + (conditional ? ' (conditional)' : '')),
    ),
  proposedRotationPeriodInDays: (f) => f.proposed?.RotationPeriodInDays,
});

export function decisionColumns(approvals: readonly ApprovalHeader[]): Columns<DecidedKey> {
  const byId = new Map(approvals.map((approval) => [approval.id, approval]));
  const approvalOf = (row: DecidedKey) => byId.get(row.approval ?? '');
  return {
    ...keyColumns,
    decision: (d) => d.choice,
    reason: (d) => d.reason,
    approval: (d) => d.approval,
    decidedAt: (d) => approvalOf(d)?.at,
    approver: (d) => d.approver,
    expiresAt: (d) => d.expiresAt,
    declinedBy: (d) => list(d.declinedBy),
    submittedBy: (d) => callerOf(approvalOf(d)?.submittedBy),
    osUser: (d) => approvalOf(d)?.submittedBy.osUser,
    host: (d) => approvalOf(d)?.submittedBy.host,
    source: (d) => approvalOf(d)?.source,
    planDigest: (d) => approvalOf(d)?.planDigest,
  };
}

export const outcomeColumns: Columns<Outcome> = {
  ...keyColumns,
  outcome: (o) => o.status,
  reason: (o) => o.reason,
  explanation: (o) => o.explanation,
  RotationPeriodInDays: (o) => o.RotationPeriodInDays,
  proof: (o) => o.proof,
  attempts: (o) => o.attempts,
  requestId: (o) => o.requestId,
  errorOperation: (o) => o.error?.operation,
  errorKind: (o) => o.error?.kind,
  errorCode: (o) => o.error?.code,
  errorMessage: (o) => o.error?.message,
  errorRequestId: (o) => o.error?.requestId,
  errorAttempts: (o) => o.error?.attempts,
  drift: (o) => list(o.drift),
  checkedAt: (o) => o.checkedAt,
  intendedAt: (o) => o.intendedAt,
  finishedAt: (o) => o.finishedAt,
};

export const verdictColumns: Columns<VerdictRow> = {
  ...keyColumns,
  verdict: (v) => v.kind,
  reason: (v) => v.reason,
  differences: (v) =>
    list(
      v.differences.map(({ fact, expected, actual }) => `${fact}: expected ${expected}, actual ${actual}`),
    ),
  KeyState: (v) => v.KeyState,
  KeyRotationEnabled: (v) => v.KeyRotationEnabled,
  RotationPeriodInDays: (v) => v.RotationPeriodInDays,
  NextRotationDate: (v) => v.NextRotationDate,
  automaticRotations: (v) => (v.rotations?.kind === 'read' ? v.rotations.automatic : undefined),
  lastRotationAt: (v) => (v.rotations?.kind === 'read' ? v.rotations.lastAt : undefined),
  rotationsError: (v) => (v.rotations?.kind === 'unreadable' ? v.rotations.error.code : undefined),
  replicas: (v) => list(v.replicas.map((replica) => `${replica.keyArn} ${replica.kind}`)),
  errorOperation: (v) => v.error?.operation,
  errorKind: (v) => v.error?.kind,
  errorCode: (v) => v.error?.code,
  errorMessage: (v) => v.error?.message,
  errorRequestId: (v) => v.error?.requestId,
  readAt: (v) => v.readAt,
  reads: (v) => v.reads,
};

/** What is added a month after each rotation that counts; nothing is proposed for other keys. */
const added = (finding: Finding, price: RotationPrice): number[] | undefined =>
  finding.kind === 'candidate' ? monthlyAfter(costOf(finding, price), price) : undefined;

/** AWS's name of a submitter; empty where the approval was made without AWS. */
const callerOf = (by: ApprovalHeader['submittedBy'] | undefined): string | undefined =>
  by && 'callerArn' in by ? by.callerArn : undefined;

const list = (items: readonly string[] | undefined): string | undefined => items?.join('; ');
