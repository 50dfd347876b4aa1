import { describe, expect, it } from 'vitest';
import type { SandboxSettings } from '../../sandbox/index.ts';
import { candidates, EXIT, enableCalls, FRANKFURT, type Journey, startJourney } from '../support/journey.ts';

const enable = { operation: 'EnableKeyRotation' } as const;

async function approved(settings: SandboxSettings): Promise<Journey> {
  const journey = await startJourney(settings);
  await journey.assess();
  await journey.run('approve', '--all');
  return journey;
}

/** Answers that are lost, as the client sees them; each before or after AWS acted. */
const LOST = {
  'a reset connection': { kind: 'reset' },
  '500': { kind: 'status', status: 500 },
  '502 from a proxy': { kind: 'status', status: 502, body: 'html' },
  '503': { kind: 'status', status: 503 },
  '504': { kind: 'status', status: 504 },
  KMSInternalException: { kind: 'error', code: 'KMSInternalException', status: 500 },
  DependencyTimeoutException: { kind: 'error', code: 'DependencyTimeoutException', status: 500 },
  // A change that AWS made has a request id, and nothing else says so.
  'an empty 200 of a gateway': { kind: 'gateway', body: 'empty' },
  'JSON of a gateway': { kind: 'gateway', body: 'json' },
  'HTML of a gateway': { kind: 'gateway', body: 'html' },
} as const;
const WAYS = Object.keys(LOST);
const keys = WAYS.map((description) => ({ region: FRANKFURT, description }));

/** Each key's first change goes unanswered in its own way. */
const loseAnswers = ({ sandbox, key }: Journey, when: 'before' | 'after') =>
  sandbox.configure({
    faults: Object.entries(LOST).map(([way, fault]) => ({
      ...fault,
      ...enable,
      when,
      key: key(way).arn,
      times: 1,
    })),
  });

describe.concurrent('an unanswered change', () => {
  it('that took effect is found by reading back, and not called again', async () => {
    const journey = await approved({ keys, consistency: { rotationMs: 300 } });
    const { run, outcomes, sandbox } = journey;
    loseAnswers(journey, 'after');
    const { code, json } = await run('configure', '--json', '--settle', '5s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: WAYS.length } });
    for (const outcome of await outcomes()) {
      expect(outcome).toMatchObject({ status: 'applied', proof: 'presumed', attempts: 1 });
    }
    expect(enableCalls(sandbox)).toHaveLength(WAYS.length);
    expect((await run('validate', '--json', '--wait', '3s')).json()).toMatchObject({
      confirmed: WAYS.length,
    });
  });

  it('that took no effect is called again after the time to settle, which all spend at once', async () => {
    const journey = await approved({ keys });
    const { run, outcomes, sandbox } = journey;
    loseAnswers(journey, 'before');
    const { code, json } = await run('configure', '--json', '--settle', '1s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: WAYS.length } });
    for (const outcome of await outcomes()) {
      expect(outcome).toMatchObject({ status: 'applied', proof: 'proven', attempts: 2 });
    }
    const calls = enableCalls(sandbox);
    expect(calls.filter(({ acted }) => acted)).toHaveLength(WAYS.length);
    expect(calls).toHaveLength(2 * WAYS.length);
    const byKey = Map.groupBy(calls, ({ keyArn }) => keyArn);
    for (const [first, second] of byKey.values()) {
      expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(1000);
    }
    // One after another would take a second each.
    const last = Math.max(...calls.map(({ startedAt }) => startedAt));
    expect(last - (calls[0]?.startedAt ?? 0)).toBeLessThan(WAYS.length * 1000 - 2000);
  });

  it('is called at most three times in a run, and then has failed with its error', async () => {
    const { run, outcomes, sandbox, key } = await approved({ keys: candidates(2) });
    sandbox.configure({ faults: [{ kind: 'reset', ...enable, key: key('c01').arn }] });
    const { code, json } = await run('configure', '--json', '--settle', '300ms');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ outcomes: { applied: 1, failed: 1 } });
    expect((await outcomes('--outcome', 'failed'))[0]).toMatchObject({
      keyArn: key('c01').arn,
      error: { operation: 'EnableKeyRotation' },
    });
    expect(enableCalls(sandbox).filter(({ keyArn }) => keyArn === key('c01').arn).length).toBeLessThanOrEqual(
      3,
    );
  });

  it('stays pending where the key cannot be read back, and is settled by the next run', async () => {
    const { run, outcomes, sandbox } = await approved({ keys: candidates(1) });
    // The fresh check has to pass, so the denial begins with the second read.
    sandbox.configure({
      faults: [
        { kind: 'reset', ...enable, when: 'after', times: 1 },
        { kind: 'error', code: 'AccessDeniedException', operation: 'GetKeyRotationStatus', skip: 1 },
      ],
    });
    const first = await run('configure', '--json', '--settle', '500ms');
    expect(first.code).toBe(EXIT.incomplete);
    expect(first.json()).toMatchObject({ outcomes: { applied: 0, failed: 0, unsettled: 1 } });
    expect((await outcomes())[0]).toMatchObject({ status: 'unsettled', attempts: 1 });
    expect((await run('configure', '--dry-run', '--json')).json()).toMatchObject({ steps: { settle: 1 } });
    sandbox.configure({ faults: null });
    const second = await run('configure', '--json', '--settle', '2s');
    expect(second.json()).toMatchObject({ outcomes: { applied: 1 } });
    expect((await outcomes())[0]).toMatchObject({ status: 'applied', proof: 'presumed', attempts: 1 });
    expect(enableCalls(sandbox)).toHaveLength(1);
  });

  it('that shows itself later than the time to settle is not made a second time where it shows in the next check', async () => {
    const { run, outcomes, sandbox } = await approved({
      keys: candidates(1),
      consistency: { rotationMs: 1000 },
      faults: [
        { kind: 'reset', ...enable, when: 'after', times: 1 },
        // The fresh check before the second call comes late enough to see it.
        { kind: 'hang', ms: 1500, operation: 'DescribeKey', skip: 2, times: 1 },
      ],
    });
    await run('configure', '--json', '--settle', '300ms');
    expect(enableCalls(sandbox)).toHaveLength(1);
    expect((await outcomes())[0]).toMatchObject({ status: 'applied', proof: 'presumed', attempts: 1 });
  });

  it('is proven all the same where only the body of the answer is broken, or found by reading back', async () => {
    const { run, outcomes, sandbox } = await approved({
      keys: candidates(2),
      faults: [{ kind: 'truncated', ...enable, when: 'after' }],
    });
    const { code, json } = await run('configure', '--json', '--settle', '2s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: 2 } });
    expect(enableCalls(sandbox)).toHaveLength(2);
    for (const outcome of await outcomes()) expect(outcome).toMatchObject({ status: 'applied', attempts: 1 });
  });

  it('is one that is not answered within Keyturn’s time-out, too', async () => {
    const { run, outcomes, sandbox, key } = await approved({ keys: candidates(3) });
    sandbox.configure({
      faults: [
        { kind: 'hang', ...enable, key: key('c01').arn, when: 'after' },
        { kind: 'hang', ...enable, key: key('c02').arn, times: 1 },
      ],
    });
    const { code, json } = await run('configure', '--json', '--settle', '1s');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: 3 } });
    const seen = new Map((await outcomes()).map((outcome) => [outcome.keyArn, outcome]));
    expect(seen.get(key('c01').arn)).toMatchObject({ proof: 'presumed', attempts: 1 });
    expect(seen.get(key('c02').arn)).toMatchObject({ proof: 'proven', attempts: 2 });
    expect(seen.get(key('c03').arn)).toMatchObject({ proof: 'proven', attempts: 1 });
    expect(enableCalls(sandbox).filter(({ acted }) => acted)).toHaveLength(3);
  });
});

describe.concurrent('throttling', () => {
  it('without end makes a key unknown, not off', async () => {
    const { run, findings } = await startJourney({
      keys: candidates(1),
      faults: [{ kind: 'throttle', operation: 'GetKeyRotationStatus' }],
    });
    const { code, json } = await run('assess', '--json');
    expect(code).toBe(EXIT.incomplete);
    expect(json()).toMatchObject({ totals: { listed: 1, unknown: 1, candidate: 0 } });
    expect(await findings()).toMatchObject([{ kind: 'unknown', reason: 'gave-up-throttled' }]);
  });

  it('is ridden out, each key still turned on once', async () => {
    const { run, outcomes, sandbox } = await approved({
      keys: candidates(6),
      faults: [
        { kind: 'throttle', ...enable, times: 4 },
        { kind: 'throttle', operation: 'DescribeKey', times: 4 },
        { kind: 'throttle', operation: 'GetKeyRotationStatus', times: 4 },
      ],
    });
    const { code, json } = await run('configure', '--json');
    expect(code).toBe(EXIT.done);
    expect(json()).toMatchObject({ outcomes: { applied: 6, failed: 0 } });
    expect(enableCalls(sandbox).filter(({ acted }) => acted)).toHaveLength(6);
    expect(enableCalls(sandbox)).toHaveLength(10);
    for (const outcome of await outcomes()) expect(outcome).toMatchObject({ proof: 'proven' });
  });

  it('does not arise from Keyturn’s own pace at the published quotas', async () => {
    const { run, sandbox } = await approved({ keys: candidates(30), quotas: 'published' });
    const { code } = await run('configure', '--json');
    expect(code).toBe(EXIT.done);
    for (const [operation, { codes }] of Object.entries(sandbox.counts.operations)) {
      expect(codes, operation).not.toHaveProperty('ThrottlingException');
    }
    expect(sandbox.counts.operations['EnableKeyRotation']?.peakPerSecond).toBeLessThanOrEqual(15);
  });
});
