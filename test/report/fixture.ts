import type { Approval, ApprovalHeader, DecidedKey, DecisionKind } from '../../src/model/approval.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PlaceCounts } from '../../src/model/plan.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { RolloutRecord } from '../../src/report/record.ts';

/*
 * A rollout over one account and three Regions, one of them unreachable: 24 candidates, 6 keys that are on, keys of
 * several kinds that cannot be, three that could not be read. Of the candidates 20 are approved; their changes end
 * in every way there is, and so do their validations.
 */

export const ACCOUNT = '111122223333';
export const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const CALLER = `arn:aws:sts::${ACCOUNT}:assumed-role/KmsRotationConfigure/alice@example.com`;

export type Stage = 'assessing' | 'assessed' | 'approved' | 'configured' | 'validated';

/** A record over rows in memory, with what a test wants otherwise. */
export function recordOf(parts: Partial<RecordParts> = {}): RolloutRecord {
  const { findings, decisions, approvals, outcomes, verdicts, ...rest } = {
    ...partsOf('assessed'),
    ...parts,
  };
  const enabled = new Set(outcomes.filter((o) => o.status === 'applied').map(({ keyArn }) => keyArn));
  const inForce = verdicts.filter(({ keyArn }) => enabled.has(keyArn));
  const verdictOn = (arn: string) => inForce.find(({ keyArn }) => keyArn === arn)?.kind ?? 'none';
  const holders = new Map(approvals.flatMap((each) => each.decisions.map(({ keyArn }) => [keyArn, each.id])));
  return {
    ...rest,
    approvals: approvals.map(headerOf),
    async *submittedDecisions(approval) {
      const decided = approvals.find(({ id }) => id === approval)?.decisions ?? [];
      yield* decided.map((decision) => ({
        decision,
        inForce: holders.get(decision.keyArn) ?? '',
        standing: decision.choice,
      }));
    },
    async *outcomes(filter = {}) {
      yield* outcomes.filter(
        ({ keyArn, status }) =>
          (filter.outcomes ?? [status]).includes(status) &&
          (!filter.verdicts || filter.verdicts.includes(verdictOn(keyArn))),
      );
    },
    async *verdicts({ kind } = {}) {
      yield* inForce.filter((each) => kind === undefined || each.kind === kind);
    },
    async aliases(keyArns) {
      const named = findings.filter(({ keyArn }) => keyArns.includes(keyArn));
      return new Map(named.flatMap((f) => (f.primaryAlias ? [[f.keyArn, f.primaryAlias]] : [])));
    },
    async *findings(filter = {}) {
      yield* findings.filter(({ kind }) => filter.kind === undefined || kind === filter.kind);
    },
    async *decisions() {
      yield* decisions;
    },
  };
}

function headerOf({ decisions, ...header }: Approval): ApprovalHeader {
  const count = (kind: DecisionKind) => decisions.filter(({ choice }) => choice === kind).length;
  return {
    ...header,
    counts: { approve: count('approve'), decline: count('decline'), defer: count('defer') },
  };
}

export interface RecordParts extends Pick<RolloutRecord, 'rollout' | 'places' | 'unreachable'> {
  readonly findings: readonly Finding[];
  readonly decisions: readonly DecidedKey[];
  readonly approvals: readonly Approval[];
  readonly outcomes: readonly Outcome[];
  readonly verdicts: readonly Verdict[];
}

/** The example rollout as it stands once a phase is complete. */
export const rolloutAt = (stage: Stage): RolloutRecord => recordOf(partsOf(stage));

export function partsOf(stage: Stage): RecordParts {
  const reached = (other: Stage) => STAGES.indexOf(stage) >= STAGES.indexOf(other);
  return {
    rollout: rolloutOf(reached('assessed')),
    findings: FINDINGS,
    places: countPlaces(FINDINGS),
    unreachable: [UNREACHABLE],
    decisions: CANDIDATES.map((candidate, n) => decide(candidate, reached('approved') ? n : undefined)),
    approvals: reached('approved') ? APPROVALS : [],
    outcomes: reached('approved')
      ? APPROVED.map((key, n) => outcomeOf(key, reached('configured') ? n : 99))
      : [],
    verdicts: reached('validated') ? VALIDATED.map(verdictOf) : [],
  };
}

const STAGES: readonly Stage[] = ['assessing', 'assessed', 'approved', 'configured', 'validated'];
const UNREACHABLE = {
  account: ACCOUNT,
  region: 'ap-southeast-2',
  reason: 'AccessDeniedException on kms:ListKeys',
  fix: 'Allow kms:ListKeys for this principal, then assess again.',
};

const rolloutOf = (assessed: boolean): Rollout => ({
  id: 'r-20261122-7k3q',
  createdAt: '2026-11-22T09:58:03.120Z',
  callerArn: CALLER,
  scope: {
    partition: 'aws',
    accounts: [ACCOUNT],
    regions: ['ap-southeast-2', 'eu-central-1', 'eu-west-1'],
    policies: true,
    tags: true,
  },
  regionsLeftOut: ['us-east-1', 'us-west-2'],
  RotationPeriodInDays: 365,
  keyturnVersion: '0.1.0',
  ...(assessed && { assessedAt: '2026-11-22T10:04:41.007Z', planDigest: DIGEST }),
});

/** The ARN of the n-th key: ascending in n within a Region. */
export const arnOf = (n: number, region = 'eu-central-1'): string =>
  `arn:aws:kms:${region}:${ACCOUNT}:key/${n.toString(16).padStart(8, '0')}-12ab-34cd-56ef-1234567890ab`;

/** A finding with the facts that every key has; the rest is the test's to say. */
export function findingOf(n: number, parts: Partial<Finding> & Pick<Finding, 'kind'>): Finding {
  const region = parts.region ?? 'eu-central-1';
  const keyArn = parts.keyArn ?? arnOf(n, region);
  const at = (second: number) => `2026-11-22T10:0${n % 4}:${second}.000Z`;
  return {
    keyArn,
    keyId: keyArn.split('/')[1] ?? '',
    account: ACCOUNT,
    region,
    explanation: 'Supports automatic rotation, and it is off.',
    advice: 'Approve it to have rotation turned on.',
    rotation: 'off',
    KeyManager: 'CUSTOMER',
    KeyState: 'Enabled',
    Enabled: true,
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    Description: `Encrypts the ledger of shop ${n}`,
    CreationDate: '2021-03-04T08:00:00.000Z',
    aliases: [`alias/ledger-${n}`],
    primaryAlias: `alias/ledger-${n}`,
    tags: { team: 'payments', 'cost-centre': '4711' },
    policy: {
      administrators: [`arn:aws:iam::${ACCOUNT}:root`],
      delegatesToAccount: true,
      openTo: [{ principal: 'arn:aws:iam::444455556666:root', conditional: true }],
    },
    gaps: [],
    readAt: { metadata: at(11), rotation: at(12), aliases: at(13), tags: at(14), policy: at(15) },
    ...parts,
  };
}

export const candidateOf = (n: number, parts: Partial<Finding> = {}): Finding =>
  findingOf(n, {
    kind: 'candidate',
    proposed: { operation: 'EnableKeyRotation', RotationPeriodInDays: 365 },
    ...parts,
  });

const enabledOf = (n: number): Finding =>
  findingOf(n, {
    kind: 'enabled',
    region: 'eu-west-1',
    rotation: 'on',
    explanation: 'Automatic rotation is on.',
    advice: 'Nothing to do.',
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: '2027-05-01T00:00:00.000Z',
  });

const ineligibleOf = (n: number, parts: Partial<Finding>): Finding =>
  findingOf(n, { kind: 'ineligible', basis: 'type', region: 'eu-west-1', rotation: 'not-read', ...parts });

const byHand = 'Create a new key and point its alias at it when the material has to change.';
const primaryArn = arnOf(900, 'us-east-1').replace('key/', 'key/mrk-');

const CANDIDATES = Array.from({ length: 24 }, (_, n) => candidateOf(n));
const FINDINGS: readonly Finding[] = [
  ...CANDIDATES,
  ...Array.from({ length: 6 }, (_, n) => enabledOf(n)),
  ...[10, 11, 12].map((n) =>
    ineligibleOf(n, {
      reason: 'asymmetric',
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      explanation: 'Asymmetric keys (RSA_2048) have no automatic rotation.',
      advice: byHand,
    }),
  ),
  ineligibleOf(13, {
    reason: 'imported-material',
    Origin: 'EXTERNAL',
    explanation: 'The key material was imported (origin EXTERNAL); KMS rotates only material that it made.',
    advice: 'Import new material and rotate on demand (RotateKeyOnDemand).',
  }),
  ineligibleOf(14, {
    reason: 'disabled',
    basis: 'state',
    KeyState: 'Disabled',
    Enabled: false,
    rotation: 'on',
    explanation: 'The key is disabled; KMS neither rotates it nor changes its setting.',
    advice: 'Enable the key, then assess again.',
  }),
  ineligibleOf(15, {
    reason: 'pending-deletion',
    basis: 'state',
    KeyState: 'PendingDeletion',
    DeletionDate: '2026-12-10T00:00:00.000Z',
    explanation: 'The key is scheduled for deletion; its rotation reads as off until that is cancelled.',
    advice: 'Cancel the deletion and enable the key if it is still needed, then assess again.',
  }),
  ineligibleOf(16, {
    reason: 'replica',
    rotation: 'off',
    MultiRegion: true,
    MultiRegionConfiguration: {
      MultiRegionKeyType: 'REPLICA',
      PrimaryKey: { Arn: primaryArn, Region: 'us-east-1' },
    },
    primaryInScope: false,
    explanation: `A multi-Region replica: rotation is a shared property, set on its primary, ${primaryArn} in us-east-1.`,
    advice: 'Turn rotation on at the primary; replicas follow.',
  }),
  ...[20, 21, 22].map((n) =>
    findingOf(n, {
      kind: 'unknown',
      region: 'eu-west-1',
      reason: 'access-denied',
      rotation: 'unreadable',
      explanation:
        'The caller may not call kms:GetKeyRotationStatus on this key, so nothing is known of its rotation.',
      advice:
        'Allow kms:GetKeyRotationStatus for this principal in IAM and in the key policy, then assess again.',
      gaps: [
        {
          operation: 'GetKeyRotationStatus',
          kind: 'access-denied',
          code: 'AccessDeniedException',
          message: `User: ${CALLER} is not authorized to perform: kms:GetKeyRotationStatus`,
          requestId: '0a1b2c3d-0000-4000-8000-0000000000aa',
          attempts: 1,
        },
      ],
    }),
  ),
];

function countPlaces(findings: readonly Finding[]): PlaceCounts[] {
  return ['eu-central-1', 'eu-west-1'].map((region) => {
    const count = (kind: string) => findings.filter((f) => f.region === region && f.kind === kind).length;
    const [candidate, enabled] = [count('candidate'), count('enabled')];
    const [ineligible, unknown] = [count('ineligible'), count('unknown')];
    const listed = candidate + enabled + ineligible + unknown + 4;
    return {
      account: ACCOUNT,
      region,
      listed,
      candidate,
      enabled,
      ineligible,
      unknown,
      awsManaged: 4,
      reconciled: true,
    };
  });
}

const APPROVED = CANDIDATES.slice(0, 20);
const { account, region } = { account: ACCOUNT, region: 'eu-central-1' };

function decide({ keyArn, keyId }: Finding, n: number | undefined): DecidedKey {
  const row = { keyArn, keyId, account, region };
  if (n === undefined || n >= 23) return { ...row, choice: 'undecided' };
  if (n >= 22) return { ...row, choice: 'defer', reason: 'After the freeze', approval: 'a-2' };
  if (n >= 20) return { ...row, choice: 'decline', reason: 'Retired in January', approval: 'a-2' };
  return { ...row, choice: 'approve', approval: n < 12 ? 'a-1' : 'a-2' };
}

const approvalOf = (approval: string, at: string, first: number, last: number): Approval => ({
  schema: 'keyturn/approval/v1',
  id: approval,
  rollout: 'r-20261122-7k3q',
  planDigest: DIGEST,
  at,
  expiresAt: '2026-11-30T00:00:00.000Z',
  submittedBy: {
    callerArn: CALLER,
    account,
    userId: 'AROAEXAMPLE:alice',
    osUser: 'alice',
    host: 'bastion-1',
  },
  source: approval === 'a-1' ? 'picker' : 'decisions.csv',
  reason: 'CHG-10422: rotation policy 2026',
  decisions: CANDIDATES.slice(first, last).map((candidate, index) => {
    const { choice, reason } = decide(candidate, first + index);
    const { keyArn, keyId } = candidate;
    return {
      keyArn,
      keyId,
      account,
      region,
      choice: choice === 'undecided' ? 'defer' : choice,
      ...(reason !== undefined && { reason }),
      RotationPeriodInDays: 365,
    };
  }),
});

const APPROVALS = [
  approvalOf('a-1', '2026-11-22T11:15:00.000Z', 0, 12),
  approvalOf('a-2', '2026-11-22T13:40:09.000Z', 12, 23),
];

/** Of 20: 14 enabled (one presumed), 2 already on, 1 skipped, 3 failed; from the 20th on, pending. */
function outcomeOf({ keyArn, keyId }: Finding, n: number): Outcome {
  const row = { keyArn, keyId, account, region, RotationPeriodInDays: 365, drift: [] };
  const checkedAt = '2026-11-22T14:00:10.000Z';
  const intendedAt = '2026-11-22T14:00:11.000Z';
  const finishedAt = `2026-11-22T14:0${n % 10}:12.000Z`;
  const requestId = `7d5c0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const made = { checkedAt, intendedAt, finishedAt, attempts: 1 };
  if (n < 13) return { ...row, ...made, status: 'applied', proof: 'proven', requestId };
  if (n === 13) return { ...row, ...made, status: 'applied', proof: 'presumed', attempts: 2 };
  if (n < 16) {
    return {
      ...row,
      status: 'already-in-place',
      attempts: 0,
      checkedAt,
      finishedAt,
    };
  }
  if (n === 16) {
    const explanation = 'The key has been disabled since it was approved.';
    return {
      ...row,
      status: 'skipped',
      reason: 'disabled',
      explanation,
      attempts: 0,
      checkedAt,
      finishedAt,
    };
  }
  if (n < 20) {
    const error = {
      operation: 'EnableKeyRotation',
      kind: 'access-denied' as const,
      code: 'AccessDeniedException',
      message: `User: ${CALLER} is not authorized to perform: kms:EnableKeyRotation with an explicit deny`,
      requestId,
      attempts: 1,
    };
    return { ...row, ...made, status: 'failed', reason: 'access-denied', error };
  }
  return { ...row, status: 'pending', attempts: 0 };
}

const VALIDATED = APPROVED.slice(0, 14);

/** Of the 14 that were enabled: 12 confirmed, 1 discrepant, 1 unreadable. */
function verdictOf({ keyArn, keyId }: Finding, n: number): Verdict {
  const readAt = `2026-11-22T15:0${n % 10}:00.000Z`;
  const row = {
    check: 'check-1',
    keyArn,
    keyId,
    account,
    region,
    differences: [],
    replicas: [],
    readAt,
    reads: 1,
  };
  if (n === 11) {
    const differences = [{ fact: 'RotationPeriodInDays', expected: '365', actual: '180' }];
    return {
      ...row,
      kind: 'discrepant',
      differences,
      KeyState: 'Enabled',
      KeyRotationEnabled: true,
      RotationPeriodInDays: 180,
    };
  }
  if (n === 12) {
    const error = {
      operation: 'GetKeyRotationStatus',
      kind: 'throttled' as const,
      code: 'ThrottlingException',
      message: 'Rate exceeded',
      attempts: 8,
    };
    return { ...row, kind: 'unreadable', reason: 'gave-up-throttled', error, reads: 3 };
  }
  const replica = { keyArn: arnOf(n, 'eu-west-3'), region: 'eu-west-3', kind: 'pending' as const, readAt };
  return {
    ...row,
    kind: 'confirmed',
    KeyState: 'Enabled',
    KeyRotationEnabled: true,
    RotationPeriodInDays: 365,
    NextRotationDate: '2027-11-22T14:00:12.000Z',
    replicas: n === 0 ? [replica] : [],
  };
}
