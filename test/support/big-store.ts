import { createHash } from 'node:crypto';
import { assembleFinding } from '../../src/assess/assemble.ts';
import { planDigest } from '../../src/assess/plan.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { KeyFacts } from '../../src/model/key-facts.ts';
import type { UnreachablePlace } from '../../src/model/plan.ts';
import type { AssessedRollout, Rollout } from '../../src/model/rollout.ts';
import { recordLine } from '../../src/report/lines.ts';
import type { Store } from '../../src/workflow/ports.ts';
import { planHeaderOf } from '../../src/workflow/rollout/plan-header.ts';
import { AT, OFF, ON, read, SYMMETRIC } from './facts.ts';

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2', 'ap-southeast-2'];
const ACCOUNTS = Array.from({ length: 40 }, (_, index) => String(111122220000 + index));
const TEAMS = ['payments', 'data-lake', 'archive', 'web', 'ledger', 'search'];

/** The facts of the nth key: of every ten, six are candidates, three are on, one is asymmetric. */
function factsOf(n: number, accounts: readonly string[]): KeyFacts {
  const hash = createHash('sha256').update(String(n)).digest('hex');
  const keyId = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
  const account = accounts[n % accounts.length] ?? '';
  const region = REGIONS[Math.floor(n / accounts.length) % REGIONS.length] ?? '';
  const team = TEAMS[n % TEAMS.length] ?? '';
  const asymmetric = n % 10 === 9;
  return {
    keyArn: `arn:aws:kms:${region}:${account}:key/${keyId}`,
    keyId,
    account,
    region,
    metadata: read({
      ...SYMMETRIC,
      Description: `${team}: data key ${n}`,
      CreationDate: new Date(Date.parse('2020-01-01T00:00:00Z') + n * 1_800_000).toISOString(),
      ...(asymmetric && { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
    }),
    ...(!asymmetric && { rotation: read(n % 10 >= 6 ? ON : OFF) }),
    aliases: read([`alias/${team}/${n}`]),
    tags: read({ Environment: n % 3 === 0 ? 'prod' : 'dev', Team: team }),
    policy: read({
      administrators: [`arn:aws:iam::${account}:root`],
      delegatesToAccount: true,
      openTo: [],
    }),
  };
}

export interface AssessmentOptions {
  readonly id?: string;
  readonly filter?: string;
  readonly unreachable?: readonly UnreachablePlace[];
}

/** Stores an assessment of so many keys as if it had been made. */
export async function storeAssessment(
  store: Store,
  keys: number,
  { id = 'big', filter, unreachable = [] }: AssessmentOptions = {},
): Promise<AssessedRollout> {
  const accounts = keys < 1000 ? ACCOUNTS.slice(0, 3) : ACCOUNTS;
  const rollout: Rollout = {
    id,
    createdAt: AT,
    callerArn: 'arn:aws:iam::111122220000:user/tester',
    scope: {
      partition: 'aws',
      accounts,
      regions: REGIONS,
      policies: true,
      tags: true,
      ...(filter !== undefined && { filter }),
    },
    RotationPeriodInDays: 365,
    keyturnVersion: '0',
  };
  const findings = Array.from({ length: keys }, (_, n) => assembleFinding(factsOf(n, accounts), rollout))
    .filter((each): each is Finding => each !== undefined)
    .sort((a, b) => (a.keyArn < b.keyArn ? -1 : 1));
  await store.createRollout(rollout, []);
  for (let from = 0; from < findings.length; from += 5000) {
    await store.recordFindings(id, findings.slice(from, from + 5000));
  }
  for (const account of accounts) {
    for (const region of REGIONS) {
      const listed = findings.filter((each) => each.account === account && each.region === region).length;
      await store.recordPlace(id, {
        kind: 'assessed',
        place: { account, region },
        listed,
        awsManaged: 0,
        at: AT,
      });
    }
  }
  for (const place of unreachable) await store.recordPlace(id, { kind: 'unreachable', place, at: AT });
  const digest = await planDigest(planHeaderOf(rollout), findings);
  const lines = createHash('sha256');
  for await (const finding of store.findings(id)) lines.update(recordLine(finding));
  const findingsDigest = lines.digest('hex');
  await store.completeAssessment(id, AT, { planDigest: digest, findingsDigest });
  return { ...rollout, assessedAt: AT, planDigest: digest };
}
