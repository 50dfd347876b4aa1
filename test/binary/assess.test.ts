import { describe, expect, it } from 'vitest';
import type { FaultRule, Sandbox } from '../../sandbox/index.ts';
import { callKms, createKey } from '../support/aws.ts';
import {
  type Assessed,
  candidates,
  EXIT,
  FRANKFURT,
  IRELAND,
  startJourney,
  until,
  VIRGINIA,
} from '../support/journey.ts';
import { later } from '../support/later.ts';
import type { Counts, Finding } from '../support/shapes.ts';

const ENABLED_REGIONS = 19;

const totalOf = ({ candidate, enabled, ineligible, unknown, awsManaged }: Counts) =>
  candidate + enabled + ineligible + unknown + awsManaged;

/** What there truly is to list in these Regions. */
const truth = (sandbox: Sandbox, ...regions: string[]) => {
  const keys = sandbox.keys().filter(({ region }) => regions.length === 0 || regions.includes(region));
  return { listed: keys.length, awsManaged: keys.filter(({ keyManager }) => keyManager === 'AWS').length };
};

describe.concurrent('the scope of an assessment', () => {
  it('is the configured Region where none is named', async () => {
    const { run, sandbox } = await startJourney({ world: 'demo' });
    const { places, totals } = (await run('assess', '--json')).json<Assessed>();
    expect(places.map(({ region }) => region)).toEqual([FRANKFURT]);
    expect(totals).toMatchObject(truth(sandbox, FRANKFURT));
  });

  it('is the Regions named, each once', async () => {
    const { assess, sandbox } = await startJourney({ world: 'demo' });
    const { places, totals } = await assess('--region', VIRGINIA, '--region', IRELAND, '--region', VIRGINIA);
    expect(places.map(({ region }) => region)).toEqual([IRELAND, VIRGINIA]);
    expect(totals).toMatchObject(truth(sandbox, IRELAND, VIRGINIA));
    expect(
      new Set(sandbox.log.filter(({ operation }) => operation === 'ListKeys').map((c) => c.region)),
    ).toEqual(new Set([IRELAND, VIRGINIA]));
  });

  it('is every enabled Region with --all-regions, and the totals are those of the account', async () => {
    const { run, sandbox } = await startJourney({ world: 'demo' });
    const { code, json } = await run('assess', '--all-regions', '--json');
    const { places, totals, unreachable } = json<Assessed>();
    expect(places).toHaveLength(ENABLED_REGIONS);
    expect(unreachable).toEqual([]);
    expect(totals).toMatchObject(truth(sandbox));
    expect(totalOf(totals)).toBe(totals.listed);
    for (const place of places) {
      expect(place).toMatchObject({ reconciled: true, listed: totalOf(place) });
      expect(place).toMatchObject(truth(sandbox, place.region));
    }
    // The demo account denies its caller two keys.
    expect(totals.unknown).toBe(2);
    expect(code).toBe(EXIT.incomplete);
  });

  it('comes with exactly the documented fields', async () => {
    const { assess } = await startJourney({ keys: [{ region: FRANKFURT }] });
    const document = await assess();
    const counts = { listed: 1, candidate: 1, enabled: 0, ineligible: 0, unknown: 0, awsManaged: 0 };
    expect(document).toEqual({
      rollout: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{4}$/),
      planDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      totals: counts,
      places: [{ account: '111122223333', region: FRANKFURT, ...counts, reconciled: true }],
      unreachable: [],
    });
  });

  it('is said first: account, caller, Regions in and out, and that it only reads', async () => {
    const { run, sandbox } = await startJourney();
    const { stderr } = await run('assess', '--region', IRELAND);
    expect(stderr).toContain('account 111122223333');
    expect(stderr).toContain('arn:aws:iam::111122223333:user/keyturn');
    expect(stderr).toMatch(/only reads/i);
    expect(stderr).toMatch(/in scope: +eu-west-1$/m);
    const leftOut = /not in scope: (.*)$/m.exec(stderr)?.[1]?.trim().split(', ');
    expect(leftOut).toHaveLength(ENABLED_REGIONS - 1);
    expect(leftOut).toContain(FRANKFURT);
    expect(leftOut).not.toContain('me-south-1');
    expect(sandbox.log.filter(({ acted }) => acted)).toEqual([]);
  });

  it('asks EC2 for the enabled Regions where the account API does not tell', async () => {
    const { assess } = await startJourney({
      keys: [{ region: IRELAND }],
      deny: [{ operation: 'ListRegions' }],
    });
    const { places, totals } = await assess('--all-regions');
    expect([places.length, totals.candidate]).toEqual([ENABLED_REGIONS, 1]);
  });

  it('works where the caller may not list Regions, and says that it does not know the others', async () => {
    const { run } = await startJourney({
      keys: [{ region: FRANKFURT }],
      deny: [{ operation: 'ListRegions' }, { operation: 'DescribeRegions' }],
    });
    const { code, stderr } = await run('assess');
    expect(code).toBe(EXIT.done);
    expect(stderr).toMatch(/not known .*ListRegions.*AccessDenied/);
    const all = await run('assess', '--all-regions', '--json');
    expect(all.code).toBe(EXIT.failed);
    expect(all.json()).toEqual({
      error: {
        code: 'aws-denied',
        message: expect.stringContaining('AccessDenied'),
        fix: expect.stringContaining('--region'),
      },
    });
  });

  it('keeps quiet on standard error with --quiet', async () => {
    const { run } = await startJourney();
    expect(await run('assess', '--quiet', '--json')).toMatchObject({ code: EXIT.done, stderr: '' });
  });
});

const answer = <O extends 'DescribeKey' | 'GetKeyRotationStatus'>(operation: O) =>
  ({ kind: 'answer', operation }) as const;
const MULTI = { replicaRegions: [IRELAND] } as const;
const frankfurt = { region: FRANKFURT } as const;

/** Every kind of key of kms-facts §1 that can exist: its finding, its reason, and what is said of its rotation. */
const KINDS = [
  ['off', {}, 'candidate', undefined, 'off'],
  ['multi-Region primary', MULTI, 'candidate', undefined, 'off'],
  ['on', { rotation: { periodInDays: 180 } }, 'enabled', undefined, 'on'],
  ['disabled and off', { keyState: 'Disabled' }, 'ineligible', 'disabled', 'off'],
  ['disabled and on', { keyState: 'Disabled', rotation: true }, 'ineligible', 'disabled', 'on'],
  [
    'pending deletion',
    { keyState: 'PendingDeletion', rotation: true },
    'ineligible',
    'pending-deletion',
    'off',
  ],
  [
    'pending replica deletion',
    { ...MULTI, keyState: 'PendingReplicaDeletion' },
    'ineligible',
    'pending-deletion',
    'off',
  ],
  ['creating', { multiRegion: true, keyState: 'Creating' }, 'ineligible', 'creating', 'off'],
  ['updating', { multiRegion: true, keyState: 'Updating' }, 'ineligible', 'updating', 'off'],
  ['rsa', { keySpec: 'RSA_4096' }, 'ineligible', 'asymmetric', 'not-read'],
  [
    'rsa for encryption',
    { keySpec: 'RSA_2048', keyUsage: 'ENCRYPT_DECRYPT' },
    'ineligible',
    'asymmetric',
    'not-read',
  ],
  ['ecc', { keySpec: 'ECC_NIST_P521' }, 'ineligible', 'asymmetric', 'not-read'],
  ['edwards', { keySpec: 'ECC_NIST_EDWARDS25519' }, 'ineligible', 'asymmetric', 'not-read'],
  ['koblitz', { keySpec: 'ECC_SECG_P256K1' }, 'ineligible', 'asymmetric', 'not-read'],
  ['post-quantum', { keySpec: 'ML_DSA_65' }, 'ineligible', 'asymmetric', 'not-read'],
  ['sm2', { keySpec: 'SM2' }, 'ineligible', 'asymmetric', 'not-read'],
  [
    'agreement',
    { keySpec: 'ECC_NIST_P256', keyUsage: 'KEY_AGREEMENT' },
    'ineligible',
    'key-agreement',
    'not-read',
  ],
  ['hmac', { keySpec: 'HMAC_256' }, 'ineligible', 'hmac', 'not-read'],
  ['imported', { origin: 'EXTERNAL' }, 'ineligible', 'imported-material', 'not-read'],
  [
    'waiting for import',
    { origin: 'EXTERNAL', keyState: 'PendingImport' },
    'ineligible',
    'imported-material',
    'not-read',
  ],
  ['imported hmac', { origin: 'EXTERNAL', keySpec: 'HMAC_512' }, 'ineligible', 'hmac', 'not-read'],
  ['cloudhsm', { origin: 'AWS_CLOUDHSM' }, 'ineligible', 'cloudhsm-key-store', 'not-read'],
  [
    'cloudhsm unavailable',
    { origin: 'AWS_CLOUDHSM', keyState: 'Unavailable' },
    'ineligible',
    'cloudhsm-key-store',
    'not-read',
  ],
  ['external store', { origin: 'EXTERNAL_KEY_STORE' }, 'ineligible', 'external-key-store', 'not-read'],
] as const;

describe.concurrent('the finding of every kind of key', () => {
  const keys = [
    ...KINDS.map(([description, fields]) => ({ ...frankfurt, description, ...fields })),
    { ...frankfurt, description: 'S3', keyManager: 'AWS' as const, aliases: ['alias/aws/s3'] },
  ];

  it('follows the table of what AWS supports, with a reason and advice', async () => {
    const { assess, findings, sandbox } = await startJourney({ keys: structuredClone(keys) as typeof keys });
    const { totals } = await assess();
    const found = await findings();
    const byDescription = new Map(found.map((finding) => [finding.Description, finding]));
    for (const [description, , kind, reason, rotation] of KINDS) {
      const seen = byDescription.get(description);
      expect({ description, ...seen }).toMatchObject({ description, kind, rotation });
      expect(seen?.reason, description).toBe(reason ?? null);
      expect(seen?.advice, description).toMatch(/\w/);
      expect(seen?.explanation, description).toMatch(/\w/);
    }
    expect(byDescription.get('S3')).toBeUndefined();
    expect(found).toHaveLength(KINDS.length);
    expect(totals).toEqual({
      listed: keys.length,
      awsManaged: 1,
      unknown: 0,
      ...Object.fromEntries(
        ['candidate', 'enabled', 'ineligible'].map((kind) => [
          kind,
          KINDS.filter(([, , finding]) => finding === kind).length,
        ]),
      ),
    });
    // Only what can have rotation is asked about it (kms-facts §1.3), and nothing is asked with a change.
    const asked = sandbox.log.filter(({ operation }) => operation === 'GetKeyRotationStatus');
    expect(asked).toHaveLength(KINDS.filter(([, , , , rotation]) => rotation !== 'not-read').length);
    expect(sandbox.log.filter(({ acted }) => acted)).toEqual([]);
  });

  it('says how many calls AWS throttled, and nothing of it otherwise', async () => {
    const { run, sandbox } = await startJourney({ keys: candidates(3) });
    expect((await run('assess', '--json')).stderr).not.toContain('throttled');
    sandbox.configure({ faults: [{ kind: 'throttle', operation: 'DescribeKey', times: 2 }] });
    const { code, stderr } = await run('assess', '--json');
    expect([code, stderr]).toEqual([EXIT.done, expect.stringContaining('AWS throttled 2 calls;')]);
  });

  it('gives each key its whole profile in AWS’s names', async () => {
    const { assess, findings } = await startJourney({
      keys: [
        {
          ...frankfurt,
          description: 'Card data',
          aliases: ['alias/zebra', 'alias/cards'],
          tags: { team: 'payments', 'data-class': 'restricted' },
          multiRegion: true,
          replicaRegions: [IRELAND],
          createdAt: '2024-03-01T09:30:00Z',
          rotation: { periodInDays: 400, nextRotationDate: '2027-06-01T00:00:00Z' },
        },
      ],
    });
    await assess();
    const [finding] = await findings();
    expect(finding).toMatchObject({
      keyArn: expect.stringMatching(/^arn:aws:kms:eu-central-1:111122223333:key\/mrk-[0-9a-f]{32}$/),
      keyId: expect.stringMatching(/^mrk-/),
      account: '111122223333',
      region: FRANKFURT,
      kind: 'enabled',
      KeyManager: 'CUSTOMER',
      KeyState: 'Enabled',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        ReplicaKeys: [{ Arn: expect.stringContaining(`:${IRELAND}:`), Region: IRELAND }],
      },
      Description: 'Card data',
      CreationDate: '2024-03-01T09:30:00.000Z',
      aliases: ['alias/cards', 'alias/zebra'],
      primaryAlias: 'alias/cards',
      tags: { team: 'payments', 'data-class': 'restricted' },
      policy: { delegatesToAccount: true, openTo: [] },
      rotation: 'on',
      KeyRotationEnabled: true,
      RotationPeriodInDays: 400,
      NextRotationDate: '2027-06-01T00:00:00.000Z',
      gaps: [],
    });
  });

  it('leaves policies and tags alone with --no-policies and --no-tags', async () => {
    const { assess, findings, sandbox } = await startJourney({
      keys: [{ ...frankfurt, tags: { team: 'payments' } }],
    });
    await assess('--no-policies', '--no-tags');
    expect(Object.keys(sandbox.counts.operations)).not.toContain('GetKeyPolicy');
    expect(Object.keys(sandbox.counts.operations)).not.toContain('ListResourceTags');
    const [finding] = await findings();
    expect(finding).not.toHaveProperty('tags');
    expect(finding).not.toHaveProperty('policy');
  });

  it('names the primary of a replica, and the Region to add where that is out of scope', async () => {
    const { assess, run, findings } = await startJourney({
      keys: [{ ...frankfurt, replicaRegions: [IRELAND], description: 'shared' }],
    });
    await assess('--region', IRELAND);
    const [alone] = await findings();
    expect(alone).toMatchObject({
      kind: 'ineligible',
      basis: 'type',
      reason: 'replica',
      primaryInScope: false,
    });
    expect(alone?.explanation).toMatch(/arn:aws:kms:eu-central-1:111122223333:key\/mrk-/);
    const { stdout } = await run('assess', '--region', IRELAND);
    expect(stdout).toMatch(/replica/i);
    expect(stdout).toContain(FRANKFURT);
    await assess('--region', IRELAND, '--region', FRANKFURT);
    const both = await findings();
    expect(both.map(({ region, kind, primaryInScope }) => ({ region, kind, primaryInScope }))).toEqual([
      { region: FRANKFURT, kind: 'candidate', primaryInScope: undefined },
      { region: IRELAND, kind: 'ineligible', primaryInScope: true },
    ]);
  });

  it('is never candidate for a value that AWS adds tomorrow', async () => {
    const tomorrow = [
      ['KeySpec', 'SYMMETRIC_NEXT', 'unknown-spec'],
      ['KeyUsage', 'ENCRYPT_TELEPORT', 'unknown-usage'],
      ['Origin', 'AWS_MOON', 'unknown-origin'],
      ['KeyManager', 'PARTNER', 'unknown-manager'],
      ['KeyState', 'Dreaming', 'unknown-state'],
    ] as const;
    const { assess, findings, run, key, sandbox } = await startJourney({
      keys: tomorrow.map(([description]) => ({ ...frankfurt, description })),
    });
    sandbox.configure({
      faults: tomorrow.map(([field, value]) => ({
        ...answer('DescribeKey'),
        key: key(field).arn,
        merge: { KeyMetadata: { [field]: value } },
      })),
    });
    const { totals } = await assess();
    expect(totals).toMatchObject({ listed: tomorrow.length, candidate: 0, ineligible: tomorrow.length });
    const found = new Map((await findings()).map((finding) => [finding.Description, finding]));
    for (const [field, value, reason] of tomorrow) {
      expect(found.get(field)).toMatchObject({ kind: 'ineligible', reason, [field]: value });
    }
    expect(await run('approve', '--all', '--json')).toMatchObject({ code: EXIT.refused });
    const named = await run('approve', '--key', key('KeyState').arn, '--json');
    expect(named.code).toBe(EXIT.badInput);
  });

  it('is never candidate for a multi-Region role that AWS adds tomorrow', async () => {
    const { assess, findings } = await startJourney({
      keys: [{ ...frankfurt, multiRegion: true }],
      faults: [
        {
          kind: 'answer',
          operation: 'DescribeKey',
          merge: { KeyMetadata: { MultiRegionConfiguration: { MultiRegionKeyType: 'ECHO' } } },
        },
      ],
    });
    await assess();
    expect(await findings()).toMatchObject([{ kind: 'ineligible', reason: 'unknown-multi-region-role' }]);
  });

  it('is unknown for an answer that is not one', async () => {
    const broken: Record<string, FaultRule> = {
      'no KeySpec': { ...answer('DescribeKey'), remove: ['KeyMetadata.KeySpec'] },
      'no metadata': { ...answer('DescribeKey'), replace: {} },
      'about another key': { ...answer('DescribeKey'), merge: { KeyMetadata: { Arn: 'arn:aws:kms:x' } } },
      'no KeyRotationEnabled': { ...answer('GetKeyRotationStatus'), remove: ['KeyRotationEnabled'] },
      'no boolean': { ...answer('GetKeyRotationStatus'), merge: { KeyRotationEnabled: 'false' } },
    };
    const kinds = Object.keys(broken);
    const { run, findings, sandbox, key } = await startJourney({
      keys: kinds.map((description) => ({ ...frankfurt, description })),
    });
    sandbox.configure({
      faults: Object.entries(broken).map(([description, fault]) => ({ ...fault, key: key(description).arn })),
    });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>().totals).toMatchObject({ listed: kinds.length, unknown: kinds.length });
    for (const finding of await findings()) expect(finding).toMatchObject({ reason: 'malformed-answer' });
  });
});

describe.concurrent('what may not be read', () => {
  it('is unknown, never off: a denied DescribeKey or GetKeyRotationStatus', async () => {
    const { run, findings, sandbox, key } = await startJourney({
      keys: ['fine', 'sealed', 'half sealed'].map((description) => ({ ...frankfurt, description })),
    });
    sandbox.configure({
      deny: [
        { operation: 'DescribeKey', key: key('sealed').arn },
        { operation: 'GetKeyRotationStatus', key: key('half sealed').arn },
      ],
    });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>().totals).toMatchObject({ listed: 3, candidate: 1, unknown: 2 });
    const unknown = await findings('--finding', 'unknown');
    const of = (description: string): Finding | undefined =>
      unknown.find(({ keyArn }) => keyArn === key(description).arn);
    expect(of('sealed')).toMatchObject({ reason: 'access-denied', rotation: 'not-read' });
    expect(of('sealed')?.advice).toContain('kms:DescribeKey');
    expect(of('half sealed')).toMatchObject({ reason: 'access-denied', rotation: 'unreadable' });
    expect(of('half sealed')?.advice).toContain('kms:GetKeyRotationStatus');
    for (const finding of unknown) {
      expect(finding.gaps[0]).toMatchObject({ code: 'AccessDeniedException', requestId: expect.any(String) });
    }
  });

  it('is told the same where AWS sends no message', async () => {
    const { run, findings } = await startJourney({
      keys: [frankfurt],
      deny: [{ operation: 'GetKeyRotationStatus' }],
      emptyMessages: true,
    });
    expect((await run('assess', '--json')).code).toBe(EXIT.incomplete);
    expect(await findings()).toMatchObject([{ kind: 'unknown', reason: 'access-denied' }]);
  });

  it('is a gap, not a doubt, where it is only an alias, a tag or a policy', async () => {
    const { assess, findings } = await startJourney({
      keys: [{ ...frankfurt, aliases: ['alias/orders'] }],
      deny: [{ operation: 'ListAliases' }, { operation: 'ListResourceTags' }, { operation: 'GetKeyPolicy' }],
    });
    await assess();
    const [finding] = await findings();
    expect(finding).toMatchObject({ kind: 'candidate' });
    expect(finding).not.toHaveProperty('aliases');
    expect(finding?.gaps.map(({ operation }) => operation).sort()).toEqual([
      'GetKeyPolicy',
      'ListAliases',
      'ListResourceTags',
    ]);
  });

  it('is an unreachable place where keys cannot be listed, with what would mend it; others go on', async () => {
    const { run, sandbox } = await startJourney({
      keys: [frankfurt, { region: IRELAND }, { region: IRELAND, rotation: true }],
      deny: [{ operation: 'ListKeys', region: FRANKFURT }],
    });
    const regions = ['--region', FRANKFURT, '--region', IRELAND];
    const { code, json } = await run('assess', ...regions, '--json');
    expect(code).toBe(EXIT.incomplete);
    const { places, unreachable, totals } = json<Assessed>();
    expect(places.map(({ region }) => region)).toEqual([IRELAND]);
    expect(totals).toMatchObject({ listed: 2, candidate: 1, enabled: 1 });
    expect(unreachable).toEqual([
      {
        account: '111122223333',
        region: FRANKFURT,
        reason: expect.stringContaining('AccessDeniedException'),
        fix: expect.stringContaining('kms:ListKeys'),
      },
    ]);
    const { stdout, stderr } = await run('assess', ...regions);
    expect(stdout + stderr).toMatch(/eu-central-1.*denied/);
    expect(sandbox.log.some(({ acted }) => acted)).toBe(false);
  });

  it('is an unreachable place in a Region that the account has not enabled', async () => {
    const { run } = await startJourney({ keys: [frankfurt] });
    const { code, json } = await run('assess', '--region', 'me-south-1', '--region', FRANKFURT, '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>().unreachable).toMatchObject([
      { region: 'me-south-1', fix: expect.stringMatching(/enable/i) },
    ]);
  });

  it('is unknown where AWS fails, resets or stops in the middle, after several tries', async () => {
    const failing: Record<string, [FaultRule, string]> = {
      'status 500': [{ kind: 'status', status: 500 }, 'aws-error'],
      'a reset connection': [{ kind: 'reset' }, 'network'],
      'half an answer': [{ kind: 'truncated' }, 'malformed-answer'],
    };
    const { run, findings, sandbox, key } = await startJourney({
      keys: Object.keys(failing).map((description) => ({ ...frankfurt, description })),
    });
    const operation = 'GetKeyRotationStatus';
    sandbox.configure({
      faults: Object.entries(failing).map(([name, [fault]]) => ({ ...fault, operation, key: key(name).arn })),
    });
    expect((await run('assess', '--json')).code).toBe(EXIT.incomplete);
    const found = new Map((await findings()).map((finding) => [finding.Description, finding]));
    for (const [name, [, reason]] of Object.entries(failing)) {
      expect(found.get(name)).toMatchObject({ kind: 'unknown', reason, rotation: 'unreadable' });
      const calls = sandbox.log.filter(
        (call) => call.operation === operation && call.keyArn === key(name).arn,
      );
      expect(calls.length).toBeGreaterThan(2);
    }
  });

  it('is nothing that a passing failure brings about', async () => {
    const { assess } = await startJourney({
      keys: [frankfurt],
      faults: (['ListKeys', 'DescribeKey', 'GetKeyRotationStatus', 'GetCallerIdentity'] as const).map(
        (operation) => ({ kind: 'throttle', operation, times: 2 }),
      ),
    });
    expect((await assess()).totals).toMatchObject({ listed: 1, candidate: 1 });
  });
});

describe.concurrent('listing', () => {
  it('follows short and empty pages to the end', async () => {
    const { assess, findings, sandbox } = await startJourney({
      world: { generate: { keys: 300, regions: [FRANKFURT, IRELAND] } },
      pages: { short: true, caps: { ListKeys: 40, ListAliases: 20 } },
    });
    const { totals } = await assess('--region', FRANKFURT, '--region', IRELAND);
    expect(totals.listed).toBe(300);
    const found = await findings();
    const truly = new Map(sandbox.keys().map((each) => [each.arn, each]));
    for (const { keyArn, aliases } of found) expect(aliases).toEqual(truly.get(keyArn)?.aliases);
    expect(found).toHaveLength(300 - truth(sandbox).awsManaged);
    expect(sandbox.counts.operations['ListKeys']?.calls).toBeGreaterThan(2 * 2 * 4);
  });

  it('assesses a key that is created while it goes on', async () => {
    const { start, findings, sandbox } = await startJourney({
      keys: [{ ...frankfurt, description: 'early' }],
      latency: { operations: { DescribeKey: 600 } },
    });
    const assessing = start('assess', '--json');
    await until(() => sandbox.log.some(({ operation }) => operation === 'DescribeKey'), 'a key is read');
    await createKey(sandbox, FRANKFURT, { Description: 'late' });
    const { code, json } = await assessing.ended;
    expect(code).toBe(EXIT.done);
    expect(json<Assessed>().totals).toMatchObject({ listed: 2, candidate: 2 });
    expect((await findings()).map(({ Description }) => Description).sort()).toEqual(['early', 'late']);
  });

  it('calls a key unknown that has gone from the second listing', async () => {
    const { run, findings, sandbox, key } = await startJourney({
      keys: [
        { ...frankfurt, description: 'stays' },
        { ...frankfurt, description: 'goes' },
      ],
    });
    const { keyId, arn } = key('stays');
    const replace = { Keys: [{ KeyId: keyId, KeyArn: arn }], Truncated: false };
    sandbox.configure({ faults: [{ kind: 'answer', operation: 'ListKeys', skip: 1, replace }] });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>()).toMatchObject({
      totals: { listed: 2, candidate: 1, unknown: 1 },
      places: [{ reconciled: true }],
    });
    expect(await findings('--finding', 'unknown')).toMatchObject([
      { keyArn: key('goes').arn, reason: 'disappeared' },
    ]);
  });

  it('reconciles where an AWS managed key has gone from the second listing', async () => {
    const { run, sandbox, key } = await startJourney({
      keys: [
        { ...frankfurt, description: 'stays' },
        { ...frankfurt, keyManager: 'AWS', description: 'goes' },
      ],
    });
    const { keyId, arn } = key('stays');
    const replace = { Keys: [{ KeyId: keyId, KeyArn: arn }], Truncated: false };
    sandbox.configure({ faults: [{ kind: 'answer', operation: 'ListKeys', skip: 1, replace }] });
    const { json } = await run('assess', '--json');
    const [place] = json<Assessed>().places;
    expect(place).toMatchObject({ listed: 2, reconciled: true });
  });

  it('says so where the second listing fails', async () => {
    const { run } = await startJourney({
      keys: [frankfurt],
      faults: [{ kind: 'error', code: 'AccessDeniedException', operation: 'ListKeys', skip: 1 }],
    });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>().unreachable).toMatchObject([
      { region: FRANKFURT, reason: expect.stringContaining('second listing') },
    ]);
    expect(json<Assessed>().totals.candidate).toBe(1);
  });

  it('refuses a listing that names a key of another place', async () => {
    const { run, sandbox } = await startJourney({ keys: [frankfurt] });
    const foreign = 'arn:aws:kms:eu-central-1:999988887777:key/00000000-0000-4000-8000-000000000000';
    const replace = { Keys: [{ KeyId: 'x', KeyArn: foreign }], Truncated: false };
    sandbox.configure({ faults: [{ kind: 'answer', operation: 'ListKeys', replace }] });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json<Assessed>()).toMatchObject({ places: [], unreachable: [{ region: FRANKFURT }] });
  });
});

describe.concurrent('the digest of a plan', () => {
  it('is the same for an unchanged world, whatever the pages and the pace of its answers', async () => {
    const { runWith, sandbox } = await startJourney({ world: 'demo' });
    const digestOf = async (env = {}) =>
      (await runWith(env, 'assess', '--json', '--region', VIRGINIA, '--region', IRELAND)).json<Assessed>()
        .planDigest;
    const first = await digestOf();
    sandbox.configure({ latency: { ms: 1, jitterMs: 20 }, pages: { short: true } });
    expect(await digestOf()).toBe(first);
    const threeDays = 3 * 86_400_000;
    sandbox.configure({ latency: null, clockOffsetMs: threeDays });
    expect(await digestOf(later(threeDays))).toBe(first);
  });

  it.each([
    ['description', { Description: 'another' }, 'UpdateKeyDescription'],
    ['tag', { Tags: [{ TagKey: 'team', TagValue: 'another' }] }, 'TagResource'],
    ['rotation', { RotationPeriodInDays: 200 }, 'EnableKeyRotation'],
  ] as const)('is another for a changed %s', async (_, input, operation) => {
    const { assess, sandbox } = await startJourney({ keys: [{ ...frankfurt, description: 'one' }] });
    const before = await assess();
    await callKms(sandbox, FRANKFURT, operation, { KeyId: sandbox.keys()[0]?.keyId, ...input });
    const after = await assess();
    expect(after.planDigest).not.toBe(before.planDigest);
    expect(after.rollout).not.toBe(before.rollout);
  });

  it('is another for another period or scope', async () => {
    const { assess } = await startJourney({ keys: [frankfurt] });
    const digests = [
      await assess(),
      await assess('--period', '90'),
      await assess('--region', FRANKFURT, '--region', IRELAND),
      await assess('--no-tags'),
    ].map(({ planDigest }) => planDigest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});
