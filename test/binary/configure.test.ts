import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { callKms } from '../support/aws.ts';
import {
  candidates,
  EXIT,
  enableCalls,
  FRANKFURT,
  IRELAND,
  type Journey,
  keyOf,
  startJourney,
} from '../support/journey.ts';
import type { Outcome } from '../support/shapes.ts';

interface Configured {
  readonly rollout: string;
  readonly outcomes: Record<
    'applied' | 'already-in-place' | 'skipped' | 'failed' | 'pending' | 'unsettled',
    number
  >;
}

const NONE = { applied: 0, 'already-in-place': 0, skipped: 0, failed: 0, pending: 0, unsettled: 0 };

/** A journey with every candidate approved. */
async function approved(settings: SandboxSettings, ...args: string[]): Promise<Journey> {
  const journey = await startJourney(settings);
  await journey.assess(...args);
  const { code, stderr } = await journey.run('approve', '--all');
  if (code !== EXIT.done) throw new Error(`approve → ${code}: ${stderr}`);
  return journey;
}

async function configure({ run }: Journey, ...args: string[]) {
  const { code, json } = await run('configure', '--json', '--settle', '1s', ...args);
  return { code, ...json<Configured>() };
}

const outcomeOf = async (journey: Journey, description: string): Promise<Outcome | undefined> => {
  const { arn } = keyOf(journey.sandbox, description);
  return (await journey.outcomes()).find(({ keyArn }) => keyArn === arn);
};

const byArn = ({ sandbox }: Journey) =>
  sandbox
    .keys()
    .filter(({ description }) => /^c\d\d$/.test(description))
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));

describe.concurrent('configure', () => {
  it('goes on everywhere else if a Region was disabled after the approval', async () => {
    const AFRICA = 'af-south-1';
    const enabled = { [FRANKFURT]: 'ENABLED', [IRELAND]: 'ENABLED', 'us-east-1': 'ENABLED' } as const;
    const places = [AFRICA, FRANKFURT, IRELAND];
    const journey = await approved(
      {
        regions: { ...enabled, [AFRICA]: 'ENABLED' },
        keys: places.flatMap((region) => candidates(region === AFRICA ? 3 : 12, region)),
      },
      ...places.flatMap((region) => ['--region', region]),
    );
    const revoked = { kind: 'error', status: 403, code: 'UnrecognizedClientException' } as const;
    const operations = ['EnableKeyRotation', 'GetCallerIdentity'] as const;
    const first = { EnableKeyRotation: 0, GetCallerIdentity: 1 };
    journey.sandbox.configure({
      faults: operations.map((operation) => ({ ...revoked, operation, skip: first[operation] })),
    });
    const stopped = await journey.run('configure');
    expect(stopped.stderr).toContain('AWS no longer accepts the credentials');
    expect(enableCalls(journey.sandbox).length).toBeLessThanOrEqual(15);
    journey.sandbox.configure({ faults: [], regions: { ...enabled, [AFRICA]: 'DISABLED' } });
    const { code, stdout, stderr } = await journey.run('configure');
    expect(code).toBe(EXIT.incomplete);
    expect(stdout).toContain('24 applied, 0 already in place, 0 skipped, 0 failed, 3 pending, 0 unsettled');
    expect(stdout).toMatch(/af-south-1.*does not accept the credentials/);
    expect(stdout).toMatch(/af-south-1.*probably not enabled for the account/);
    expect(stderr).not.toContain('stopped');
  });

  it('turns on each approved key with one call that names the period, and no other key', async () => {
    const journey = await startJourney({ world: 'demo' });
    const { run, sandbox } = journey;
    await run('assess', '--region', FRANKFURT, '--region', IRELAND, '--json');
    const found = await journey.findings('--finding', 'candidate');
    const chosen = found.filter((_, index) => index % 2 === 0).map(({ keyArn }) => keyArn);
    // The demo account does not let its caller turn this one on.
    const treasury = sandbox.keys().find(({ aliases }) => aliases.includes('alias/treasury'))?.arn;
    const approve = chosen.filter((arn) => arn !== treasury);
    const before = sandbox.keys();
    await run('approve', ...approve.flatMap((arn) => ['--key', arn]));
    const { code, json } = await run('configure', '--json');
    expect(json()).toEqual({
      rollout: expect.any(String),
      outcomes: { ...NONE, applied: approve.length },
    });
    expect(code).toBe(EXIT.done);
    const calls = enableCalls(sandbox);
    expect(calls.map(({ keyArn }) => keyArn).sort()).toEqual(approve.sort());
    for (const call of calls) {
      expect(call).toMatchObject({ acted: true, status: 200, parameters: { RotationPeriodInDays: 365 } });
    }
    expect(sandbox.log.filter(({ acted }) => acted)).toHaveLength(approve.length);
    const was = new Map(before.map((each) => [each.arn, each]));
    for (const now of sandbox.keys()) {
      if (approve.includes(now.arn)) expect(now.rotation).toMatchObject({ enabled: true, periodInDays: 365 });
      else expect(now).toEqual(was.get(now.arn));
    }
    const outcomes = await journey.outcomes();
    const requests = new Map(calls.map(({ keyArn, requestId }) => [keyArn, requestId]));
    for (const { keyArn, ...outcome } of outcomes) {
      expect(outcome).toMatchObject({ status: 'applied', attempts: 1, proof: 'proven' });
      expect(outcome.requestId).toBe(requests.get(keyArn));
    }
  });

  it('asks for the period that the assessment named', async () => {
    const journey = await approved({ keys: candidates(2) }, '--period', '2560');
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { applied: 2 } });
    for (const { parameters } of enableCalls(journey.sandbox)) {
      expect(parameters).toEqual({ RotationPeriodInDays: 2560 });
    }
    for (const { rotation } of journey.sandbox.keys()) expect(rotation.periodInDays).toBe(2560);
  });

  it('checks each key afresh right before', async () => {
    const journey = await approved({ keys: candidates(2) });
    journey.sandbox.clearLog();
    await configure(journey);
    for (const { arn } of journey.sandbox.keys()) {
      expect(
        journey.sandbox.log.filter(({ keyArn }) => keyArn === arn).map(({ operation }) => operation),
      ).toEqual(['DescribeKey', 'GetKeyRotationStatus', 'EnableKeyRotation']);
    }
  });

  it('leaves a key alone that somebody turned on meanwhile', async () => {
    const journey = await approved({ keys: candidates(2) });
    const { sandbox, key } = journey;
    const KeyId = key('c01').keyId;
    await callKms(sandbox, FRANKFURT, 'EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 });
    const before = key('c01');
    sandbox.clearLog();
    expect(await configure(journey)).toMatchObject({
      code: EXIT.done,
      outcomes: { ...NONE, applied: 1, 'already-in-place': 1 },
    });
    expect(enableCalls(sandbox).map(({ keyArn }) => keyArn)).toEqual([key('c02').arn]);
    expect(key('c01')).toEqual(before);
    expect(await outcomeOf(journey, 'c01')).toMatchObject({ status: 'already-in-place', attempts: 0 });
  });

  it.each([
    ['was disabled', 'disabled', 'DisableKey', {}],
    ['was scheduled for deletion', 'pending-deletion', 'ScheduleKeyDeletion', { PendingWindowInDays: 7 }],
  ])(
    'skips a key that %s meanwhile, and takes it up once that is undone',
    async (_, reason, operation, input) => {
      const journey = await approved({ keys: candidates(2) });
      const { sandbox, key } = journey;
      const KeyId = key('c01').keyId;
      await callKms(sandbox, FRANKFURT, operation, { KeyId, ...input });
      expect(await configure(journey)).toMatchObject({
        code: EXIT.incomplete,
        outcomes: { ...NONE, applied: 1, skipped: 1 },
      });
      expect(enableCalls(sandbox)).toHaveLength(1);
      expect(await outcomeOf(journey, 'c01')).toMatchObject({ status: 'skipped', reason });
      if (operation === 'ScheduleKeyDeletion')
        await callKms(sandbox, FRANKFURT, 'CancelKeyDeletion', { KeyId });
      await callKms(sandbox, FRANKFURT, 'EnableKey', { KeyId });
      expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 2 } });
      expect(enableCalls(sandbox)).toHaveLength(2);
    },
  );

  it('skips a key that has become a replica', async () => {
    const journey = await approved({
      keys: [{ region: FRANKFURT, replicaRegions: [IRELAND], description: 'moves' }],
    });
    const { sandbox } = journey;
    const KeyId = sandbox.keys()[0]?.keyId;
    await callKms(sandbox, FRANKFURT, 'UpdatePrimaryRegion', { KeyId, PrimaryRegion: IRELAND });
    expect(await configure(journey)).toMatchObject({ code: EXIT.incomplete, outcomes: { skipped: 1 } });
    expect(enableCalls(sandbox)).toEqual([]);
    expect(await journey.outcomes()).toMatchObject([{ status: 'skipped', reason: 'replica' }]);
  });

  it('skips a key that has gone', async () => {
    const journey = await approved({ keys: candidates(2) });
    const { sandbox, key } = journey;
    sandbox.configure({
      faults: [{ kind: 'error', code: 'NotFoundException', operation: 'DescribeKey', key: key('c01').arn }],
    });
    expect(await configure(journey)).toMatchObject({ outcomes: { ...NONE, applied: 1, skipped: 1 } });
    expect(await outcomeOf(journey, 'c01')).toMatchObject({ status: 'skipped', reason: 'disappeared' });
  });

  it('notes another drift, and turns the key on all the same', async () => {
    const journey = await approved({ keys: candidates(1) });
    const { sandbox, key } = journey;
    const { keyId: KeyId, arn } = key('c01');
    await callKms(sandbox, FRANKFURT, 'UpdateKeyDescription', { KeyId, Description: 'renamed' });
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { applied: 1 } });
    expect(await journey.outcomes()).toMatchObject([
      { keyArn: arn, status: 'applied', drift: ['Description'] },
    ]);
  });

  it('turns on what was approved later, too', async () => {
    const journey = await startJourney({ keys: candidates(3) });
    await journey.assess();
    const [first, second] = byArn(journey).map(({ arn }) => arn);
    await journey.run('approve', '--key', String(first));
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 1 } });
    await journey.run('approve', '--key', String(second));
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 2 } });
    expect(enableCalls(journey.sandbox).map(({ keyArn }) => keyArn)).toEqual([first, second]);
  });

  it('does not touch a key whose approval was taken back', async () => {
    const journey = await approved({ keys: candidates(2) });
    const { keyId, arn } = journey.key('c01');
    journey.write('back.json', JSON.stringify([{ keyArn: arn, decision: 'decline', reason: 'not yet' }]));
    expect((await journey.run('approve', '--from', 'back.json')).code).toBe(EXIT.done);
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 1 } });
    expect(enableCalls(journey.sandbox).map(({ keyArn }) => keyArn)).toEqual([journey.key('c02').arn]);
    expect(keyId).toBeTruthy();
  });

  it('keeps the approval of a key that has been changed', async () => {
    const journey = await approved({ keys: candidates(1) });
    await configure(journey);
    journey.write('back.json', JSON.stringify([{ keyArn: journey.key('c01').arn, decision: 'decline' }]));
    const { code, json } = await journey.run('approve', '--from', 'back.json', '--json');
    expect(code).toBe(EXIT.refused);
    expect(json()).toMatchObject({ error: { code: 'refused-decisions' } });
  });
});

describe.concurrent('a failure on one key', () => {
  it('is recorded with AWS’s code, message and request id, while the others go on', async () => {
    const journey = await approved({ keys: candidates(4) });
    const { sandbox, key, run } = journey;
    const message = 'explicit deny in a service control policy';
    sandbox.configure({ deny: [{ operation: 'EnableKeyRotation', key: key('c02').arn, message }] });
    expect(await configure(journey)).toMatchObject({
      code: EXIT.incomplete,
      outcomes: { ...NONE, applied: 3, failed: 1 },
    });
    const call = enableCalls(sandbox).find(({ keyArn }) => keyArn === key('c02').arn);
    expect(await outcomeOf(journey, 'c02')).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: {
        operation: 'EnableKeyRotation',
        code: 'AccessDeniedException',
        message,
        requestId: call?.requestId,
      },
    });
    const { stdout } = await run('list', 'outcomes', '--outcome', 'failed');
    expect(stdout).toContain('AccessDeniedException');
    expect(stdout).toContain(message);
    sandbox.configure({ deny: null });
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 4 } });
    expect(enableCalls(sandbox)).toHaveLength(5);
  });

  it('is told apart where AWS sends no message', async () => {
    const journey = await approved({ keys: candidates(1) });
    journey.sandbox.configure({ deny: [{ operation: 'EnableKeyRotation' }], emptyMessages: true });
    expect(await configure(journey)).toMatchObject({ code: EXIT.incomplete, outcomes: { failed: 1 } });
    expect((await journey.outcomes())[0]?.error).toMatchObject({
      code: 'AccessDeniedException',
      message: '',
    });
  });

  it('may lie in the fresh check, and then nothing is called', async () => {
    const journey = await approved({ keys: candidates(2) });
    const { sandbox, key } = journey;
    sandbox.configure({ deny: [{ operation: 'GetKeyRotationStatus', key: key('c01').arn }] });
    expect(await configure(journey)).toMatchObject({ outcomes: { ...NONE, applied: 1, failed: 1 } });
    expect(await outcomeOf(journey, 'c01')).toMatchObject({
      status: 'failed',
      attempts: 0,
      error: { operation: 'GetKeyRotationStatus', code: 'AccessDeniedException' },
    });
    expect(enableCalls(sandbox).map(({ keyArn }) => keyArn)).toEqual([key('c02').arn]);
  });

  it('is final for this run, whatever AWS’s code, also one that it adds tomorrow', async () => {
    const codes = [
      'KMSInvalidStateException',
      'UnsupportedOperationException',
      'NotFoundException',
      'NovelException',
    ];
    const journey = await approved({
      keys: codes.map((description) => ({ region: FRANKFURT, description })),
    });
    const { sandbox, key } = journey;
    sandbox.configure({
      faults: codes.map((code) => ({
        kind: 'error',
        code,
        operation: 'EnableKeyRotation',
        key: key(code).arn,
      })),
    });
    expect(await configure(journey)).toMatchObject({ outcomes: { ...NONE, failed: codes.length } });
    expect(enableCalls(sandbox)).toHaveLength(codes.length);
    for (const code of codes) expect((await outcomeOf(journey, code))?.error?.code).toBe(code);
  });
});

describe.concurrent('the blast radius', () => {
  it('stops a place after five equal permanent errors in a row; the rest stays pending, other places go on', async () => {
    const journey = await approved(
      {
        keys: [...candidates(12), ...candidates(2, IRELAND).map((key) => ({ ...key, description: 'else' }))],
      },
      '--region',
      FRANKFURT,
      '--region',
      IRELAND,
    );
    const { sandbox, run } = journey;
    sandbox.configure({ deny: [{ operation: 'EnableKeyRotation', region: FRANKFURT }] });
    const { code, json, stderr } = await run('configure', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ outcomes: { ...NONE, applied: 2, failed: 5, pending: 7 } });
    expect(enableCalls(sandbox).filter(({ region }) => region === FRANKFURT)).toHaveLength(5);
    expect(stderr).toMatch(/eu-central-1.*stopped.*5 times in a row.*AccessDenied/);
    sandbox.configure({ deny: null });
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 14 } });
    expect(enableCalls(sandbox).filter(({ acted }) => acted)).toHaveLength(14);
  });

  it('goes on where errors are interrupted by a success', async () => {
    const journey = await approved({ keys: candidates(10) });
    const { sandbox } = journey;
    const keys = byArn(journey);
    const denied = keys.filter((_, index) => index % 4 !== 3);
    sandbox.configure({ deny: denied.map(({ arn }) => ({ operation: 'EnableKeyRotation', key: arn })) });
    expect(await configure(journey)).toMatchObject({
      outcomes: { ...NONE, applied: keys.length - denied.length, failed: denied.length },
    });
  });

  it('is bounded by --limit, run after run', async () => {
    const journey = await approved({ keys: candidates(5) });
    expect(await configure(journey, '--limit', '2')).toMatchObject({
      code: EXIT.incomplete,
      outcomes: { ...NONE, applied: 2, pending: 3 },
    });
    expect(enableCalls(journey.sandbox)).toHaveLength(2);
    expect(await configure(journey, '--limit', '2')).toMatchObject({
      code: EXIT.incomplete,
      outcomes: { ...NONE, applied: 4, pending: 1 },
    });
    expect(await configure(journey, '--limit', '2')).toMatchObject({
      code: EXIT.done,
      outcomes: { ...NONE, applied: 5 },
    });
  });

  it('does not count what needs no change against --limit', async () => {
    const journey = await approved({ keys: candidates(4) });
    const { sandbox } = journey;
    for (const { keyId: KeyId } of byArn(journey).slice(0, 3)) {
      await callKms(sandbox, FRANKFURT, 'EnableKeyRotation', { KeyId });
    }
    expect(await configure(journey, '--limit', '1')).toMatchObject({
      code: EXIT.done,
      outcomes: { ...NONE, applied: 1, 'already-in-place': 3 },
    });
  });

  it('is bounded by --max-failures across places', async () => {
    const journey = await approved(
      { keys: [...candidates(4), ...candidates(4, IRELAND)], deny: [{ operation: 'EnableKeyRotation' }] },
      '--region',
      FRANKFURT,
      '--region',
      IRELAND,
    );
    expect(await configure(journey, '--max-failures', '3')).toMatchObject({
      code: EXIT.incomplete,
      outcomes: { ...NONE, failed: 3, pending: 5 },
    });
    expect(enableCalls(journey.sandbox)).toHaveLength(3);
  });

  it('is nothing at all with --dry-run: it tells what would be done, changes and records nothing', async () => {
    const journey = await approved({ keys: candidates(4) });
    const { sandbox, key, run } = journey;
    await callKms(sandbox, FRANKFURT, 'EnableKeyRotation', { KeyId: key('c01').keyId });
    await callKms(sandbox, FRANKFURT, 'DisableKey', { KeyId: key('c02').keyId });
    const before = sandbox.keys();
    const status = (await run('status', '--json')).json();
    const outcomes = await journey.outcomes();
    sandbox.clearLog();
    const { code, json } = await run('configure', '--dry-run', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ dryRun: true, steps: { enable: 2, 'already-in-place': 1, skip: 1 } });
    const text = await run('configure', '--dry-run');
    expect(text.stdout).toMatch(/nothing was changed/i);
    expect(sandbox.log.filter(({ operation }) => operation === 'DescribeKey')).toHaveLength(8);
    expect(sandbox.log.filter(({ acted }) => acted)).toEqual([]);
    expect(enableCalls(sandbox)).toEqual([]);
    expect(sandbox.keys()).toEqual(before);
    expect((await run('status', '--json')).json()).toEqual(status);
    expect(await journey.outcomes()).toEqual(outcomes);
    const limited = await run('configure', '--dry-run', '--limit', '1', '--json');
    expect(limited.json()).toMatchObject({ steps: { enable: 1, later: 1 } });
  });

  it('ends the run where AWS stops accepting the credentials; nothing is marked as failed', async () => {
    const journey = await approved({ keys: candidates(30) });
    const { sandbox } = journey;
    const expired = { kind: 'error', code: 'ExpiredTokenException' } as const;
    sandbox.configure({
      faults: [
        { ...expired, operation: 'EnableKeyRotation', skip: 3 },
        { ...expired, operation: 'DescribeKey', skip: 10 },
      ],
    });
    const { code, outcomes } = await configure(journey);
    expect(code).toBe(EXIT.incomplete);
    expect(outcomes).toEqual({ ...NONE, applied: 3, pending: 27 });
    sandbox.configure({ faults: null });
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 30 } });
    expect(enableCalls(sandbox).filter(({ acted }) => acted)).toHaveLength(30);
  });
});

describe.concurrent('running configure again', () => {
  it('changes nothing where everything is done', async () => {
    const journey = await approved({ keys: candidates(3) });
    await configure(journey);
    const outcomes = await journey.outcomes();
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 3 } });
    expect(enableCalls(journey.sandbox)).toHaveLength(3);
    expect(await journey.outcomes()).toEqual(outcomes);
  });

  it('never turns a key on again that somebody has turned off since', async () => {
    const journey = await approved({ keys: candidates(1) });
    const { sandbox, key } = journey;
    await configure(journey);
    await callKms(sandbox, FRANKFURT, 'DisableKeyRotation', { KeyId: key('c01').keyId });
    expect(await configure(journey)).toMatchObject({ code: EXIT.done, outcomes: { ...NONE, applied: 1 } });
    expect(enableCalls(sandbox)).toHaveLength(1);
    expect(key('c01').rotation.enabled).toBe(false);
  });

  it('is refused while nothing is approved', async () => {
    const { assess, run, sandbox } = await startJourney({ keys: candidates(1) });
    await assess();
    for (const args of [[], ['--dry-run']]) {
      const { code, json } = await run('configure', '--json', ...args);
      expect(code).toBe(EXIT.refused);
      expect(json()).toMatchObject({ error: { code: 'refused-nothing-approved', fix: expect.any(String) } });
    }
    expect(enableCalls(sandbox)).toEqual([]);
  });

  it('is refused with the credentials of another account', async () => {
    const { run, sandbox } = await approved({ keys: candidates(1) });
    sandbox.configure({ account: '999988887777' });
    const { code, json } = await run('configure', '--json');
    expect(code).toBe(EXIT.refused);
    expect(json()).toMatchObject({
      error: { code: 'refused-foreign-account', message: expect.stringContaining('999988887777') },
    });
    expect(enableCalls(sandbox)).toEqual([]);
  });
});
