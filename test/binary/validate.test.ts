import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { callKms } from '../support/aws.ts';
import {
  candidates,
  EXIT,
  FRANKFURT,
  IRELAND,
  type Journey,
  startJourney,
  VIRGINIA,
} from '../support/journey.ts';
import type { Verdict } from '../support/shapes.ts';

/** A journey up to a complete configure. */
async function configured(settings: SandboxSettings, ...args: string[]): Promise<Journey> {
  const journey = await startJourney(settings);
  await journey.assess(...args);
  await journey.run('approve', '--all');
  const { code, stdout, stderr } = await journey.run('configure', '--settle', '2s');
  if (code !== EXIT.done) throw new Error(`configure → ${code}: ${stdout}${stderr}`);
  return journey;
}

const verdictOf = async ({ verdicts, key }: Journey, description: string): Promise<Verdict | undefined> =>
  (await verdicts()).find(({ keyArn }) => keyArn === key(description).arn);

describe.concurrent('validate', () => {
  it('confirms every key that is as the change should have left it', async () => {
    const { run, verdicts, sandbox } = await configured({ keys: candidates(3) }, '--period', '120');
    sandbox.clearLog();
    const { code, json } = await run('validate', '--json');
    expect(code).toBe(EXIT.done);
    expect(json()).toEqual({
      rollout: expect.any(String),
      check: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{4}$/),
      requested: 3,
      confirmed: 3,
      discrepant: 0,
      unreadable: 0,
      notChanged: 0,
    });
    const truth = new Map(sandbox.keys().map(({ arn, rotation }) => [arn, rotation]));
    for (const { keyArn, ...verdict } of await verdicts()) {
      expect(verdict).toMatchObject({ kind: 'confirmed', differences: [], RotationPeriodInDays: 120 });
      expect(verdict).toMatchObject({ NextRotationDate: truth.get(keyArn)?.nextRotationDate });
    }
    for (const { operation } of sandbox.log) {
      expect(['GetCallerIdentity', 'DescribeKey', 'GetKeyRotationStatus']).toContain(operation);
    }
  });

  it('says of each key what differs, or why it cannot be read', async () => {
    const kinds = ['off', 'period', 'date', 'disabled', 'deletion', 'denied', 'gone', 'fine'];
    const journey = await configured({
      keys: kinds.map((description) => ({ region: FRANKFURT, description })),
    });
    const { run, sandbox, key } = journey;
    const call = (operation: string, description: string, input = {}) =>
      callKms(sandbox, FRANKFURT, operation, { KeyId: key(description).keyId, ...input });
    await call('DisableKeyRotation', 'off');
    await call('EnableKeyRotation', 'period', { RotationPeriodInDays: 100 });
    await call('DisableKey', 'disabled');
    await call('ScheduleKeyDeletion', 'deletion', { PendingWindowInDays: 7 });
    const NextRotationDate = Date.now() / 1000 + 300 * 86_400;
    const status = { operation: 'GetKeyRotationStatus' } as const;
    sandbox.configure({
      deny: [{ ...status, key: key('denied').arn }],
      faults: [
        { kind: 'answer', ...status, key: key('date').arn, merge: { NextRotationDate } },
        { kind: 'error', code: 'NotFoundException', operation: 'DescribeKey', key: key('gone').arn },
      ],
    });
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ requested: 8, confirmed: 1, discrepant: 5, unreadable: 2, notChanged: 0 });
    const facts = async (description: string) =>
      (await verdictOf(journey, description))?.differences.map(({ fact, actual }) => [fact, actual]);
    expect(await facts('off')).toEqual([['KeyRotationEnabled', 'false']]);
    expect(await facts('period')).toEqual([
      ['RotationPeriodInDays', '100'],
      ['NextRotationDate', key('period').rotation.nextRotationDate],
    ]);
    expect(await facts('date')).toEqual([
      ['NextRotationDate', new Date(Math.floor(NextRotationDate * 1000)).toISOString()],
    ]);
    expect(await facts('disabled')).toEqual([['KeyState', 'Disabled']]);
    expect(await facts('deletion')).toContainEqual(['KeyState', 'PendingDeletion']);
    expect(await facts('fine')).toEqual([]);
    expect(await verdictOf(journey, 'denied')).toMatchObject({
      kind: 'unreadable',
      error: { operation: 'GetKeyRotationStatus', code: 'AccessDeniedException' },
    });
    expect(await verdictOf(journey, 'gone')).toMatchObject({
      kind: 'unreadable',
      error: { operation: 'DescribeKey', code: 'NotFoundException' },
    });
    const text = await run('validate', '--wait', '1s');
    expect(text.code).toBe(EXIT.incomplete);
    for (const said of ['KeyRotationEnabled: expected true', 'KeyState: expected Enabled', 'AccessDenied']) {
      expect(text.stdout).toContain(said);
    }
  });

  it('tolerates a date that is a day off, and none that is three days off', async () => {
    const journey = await configured({
      keys: ['a day', 'three days'].map((description) => ({ region: FRANKFURT, description })),
    });
    const { run, sandbox, key } = journey;
    const off = (description: string, days: number) => ({
      kind: 'answer' as const,
      operation: 'GetKeyRotationStatus' as const,
      key: key(description).arn,
      merge: { NextRotationDate: Date.now() / 1000 + (365 + days) * 86_400 },
    });
    sandbox.configure({ faults: [off('a day', 1), off('three days', -3)] });
    expect((await run('validate', '--json', '--wait', '1s')).json()).toMatchObject({
      confirmed: 1,
      discrepant: 1,
    });
    expect(await verdictOf(journey, 'three days')).toMatchObject({ kind: 'discrepant' });
  });

  it('judges again when it is run again', async () => {
    const { run, sandbox, key } = await configured({ keys: candidates(2) });
    sandbox.configure({ deny: [{ operation: 'DescribeKey', key: key('c01').arn }] });
    expect((await run('validate', '--json', '--wait', '1s')).json()).toMatchObject({
      confirmed: 1,
      unreadable: 1,
    });
    sandbox.configure({ deny: null });
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ confirmed: 2, unreadable: 0 });
  });

  it('waits until AWS agrees with itself', async () => {
    const { assess, run, sandbox } = await startJourney({
      keys: candidates(2),
      consistency: { rotationMs: 10_000 },
    });
    await assess();
    await run('approve', '--all');
    await run('configure', '--json');
    const { code, json, stderr } = await run('validate', '--json', '--wait', '40s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ requested: 2, confirmed: 2 });
    expect(stderr).toMatch(/Not as expected yet: 2/);
    expect(sandbox.log.filter(({ acted }) => acted)).toHaveLength(2);
  });

  it('calls discrepant what is still not so when the wait is over', async () => {
    const { assess, run } = await startJourney({ keys: candidates(1), consistency: { rotationMs: 60_000 } });
    await assess();
    await run('approve', '--all');
    await run('configure', '--json');
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ requested: 1, discrepant: 1 });
  });

  it('shows replicas under their primary, pending while they lag and outside the totals', async () => {
    const { run, verdicts, sandbox } = await configured({
      keys: [{ region: FRANKFURT, replicaRegions: [IRELAND, VIRGINIA] }],
      consistency: { replicaMs: 200_000 },
    });
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ requested: 1, confirmed: 1, discrepant: 0 });
    const lagging = await verdicts();
    expect(lagging).toHaveLength(1);
    expect(lagging[0]?.replicas.map(({ region, kind }) => [region, kind]).sort()).toEqual([
      [IRELAND, 'pending'],
      [VIRGINIA, 'pending'],
    ]);
    sandbox.configure({ consistency: null, deny: [{ operation: 'GetKeyRotationStatus', region: VIRGINIA }] });
    // The lag of a change is fixed when it is made: AWS's clock goes on until it has passed.
    sandbox.configure({ clockOffsetMs: 240_000 });
    const again = await run('validate', '--json', '--wait', '1s');
    expect(again.code).toBe(EXIT.done);
    const [caughtUp] = await verdicts();
    expect(caughtUp?.replicas.map(({ region, kind }) => [region, kind]).sort()).toEqual([
      [IRELAND, 'confirmed'],
      [VIRGINIA, 'unreadable'],
    ]);
  });

  it('accounts for every approved key: requested = confirmed + discrepant + unreadable + not changed', async () => {
    const kinds = ['good', 'off', 'on already', 'disabled', 'refused', 'last'];
    const journey = await startJourney({
      keys: kinds.map((description) => ({ region: FRANKFURT, description })),
    });
    const { assess, run, sandbox, key, verdicts } = journey;
    await assess();
    await run('approve', '--all');
    await callKms(sandbox, FRANKFURT, 'EnableKeyRotation', { KeyId: key('on already').keyId });
    await callKms(sandbox, FRANKFURT, 'DisableKey', { KeyId: key('disabled').keyId });
    sandbox.configure({ deny: [{ operation: 'EnableKeyRotation', key: key('refused').arn }] });
    const { json } = await run('configure', '--json', '--max-failures', '1');
    const { outcomes } = json<{ outcomes: Record<string, number> }>();
    await callKms(sandbox, FRANKFURT, 'DisableKeyRotation', { KeyId: key('off').keyId }).catch(() => {});
    const validated = await run('validate', '--json', '--wait', '1s');
    expect(validated.code).toBe(EXIT.incomplete);
    const { requested, confirmed, discrepant, unreadable, notChanged } =
      validated.json<Record<string, number>>();
    expect(requested).toBe(kinds.length);
    expect(Number(confirmed) + Number(discrepant) + Number(unreadable)).toBe(outcomes['applied']);
    expect(notChanged).toBe(kinds.length - Number(outcomes['applied']));
    expect(await verdicts()).toHaveLength(kinds.length);
    const { stdout } = await run('validate', '--wait', '1s');
    expect(stdout).toMatch(/not changed: failed/);
  });

  it('is refused where nothing was approved, and judges nothing where nothing was changed', async () => {
    const { assess, run } = await startJourney({ keys: candidates(1) });
    await assess();
    const refused = await run('validate', '--json');
    expect(refused.code).toBe(EXIT.refused);
    expect(refused.json()).toMatchObject({ error: { code: 'refused-nothing-approved' } });
    await run('approve', '--all');
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ requested: 1, confirmed: 0, notChanged: 1 });
  });

  it('does not overwrite its verdicts with what another account’s credentials see', async () => {
    const { run, sandbox, verdicts } = await configured({ keys: candidates(1) });
    await run('validate', '--wait', '1s');
    const before = await verdicts();
    sandbox.configure({ account: '999988887777' });
    const { code, json } = await run('validate', '--json', '--wait', '1s');
    expect(code).toBe(EXIT.refused);
    expect(json()).toMatchObject({ error: { code: 'refused-foreign-account' } });
    expect(await verdicts()).toEqual(before);
  });

  it('does not call keys unreadable because the credentials have expired', async () => {
    const { runWith, verdicts, run } = await configured({ keys: candidates(1) });
    await run('validate', '--wait', '1s');
    const before = await verdicts();
    const { code, json } = await runWith({ AWS_ACCESS_KEY_ID: 'EXPIRED0000000000000' }, 'validate', '--json');
    expect(code).toBe(EXIT.failed);
    expect(json()).toMatchObject({ error: { code: 'aws-credentials' } });
    expect(await verdicts()).toEqual(before);
  });
});
