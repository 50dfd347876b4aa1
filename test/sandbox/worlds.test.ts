import {
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  GetKeyRotationStatusCommand,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../sandbox/index.ts';
import { demoWorld } from '../../sandbox/worlds/demo.ts';
import { refusalOf, sandboxWith } from './clients.ts';

describe('the demo world', () => {
  it('holds only keys that could exist, the same for the same seed', () => {
    const { keys, deny, aliases } = demoWorld('a');
    expect(() => parseSettings({ keys: [...keys], deny, aliases })).not.toThrow();
    expect(demoWorld('a')).toEqual(demoWorld('a'));
    expect(demoWorld('b')).not.toEqual(demoWorld('a'));
  });

  it('has some 60 keys of every kind in three Regions', async () => {
    const { sandbox } = await sandboxWith({ world: 'demo' });
    const keys = sandbox.keys().filter((key) => key.region !== 'ap-southeast-2');
    const values = (name: 'keyManager' | 'keyState' | 'origin' | 'keyUsage' | 'multiRegionKeyType') =>
      new Set(keys.map((key) => key[name]));
    expect(keys.length).toBeGreaterThanOrEqual(60);
    expect(values('keyManager').size).toBe(2);
    expect(values('origin').size).toBe(4);
    expect(values('keyUsage').size).toBe(4);
    expect(values('multiRegionKeyType')).toEqual(new Set([undefined, 'PRIMARY', 'REPLICA']));
    expect(values('keyState')).toEqual(
      new Set(['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable']),
    );
    expect(keys.some((key) => key.keyState === 'Disabled' && key.rotation.enabled)).toBe(true);
    expect(new Set(keys.map((key) => key.rotation.periodInDays))).toEqual(
      new Set([undefined, 90, 180, 365, 730, 2560]),
    );
  });

  it('has keys that may not be described, read or changed', async () => {
    const { sandbox, kms } = await sandboxWith({ world: 'demo' });
    const of = (alias: string) => ({
      KeyId: sandbox.keys().find((key) => key.aliases.includes(alias))?.keyId,
    });
    const denied = { code: 'AccessDeniedException' };
    expect(await refusalOf(kms().send(new DescribeKeyCommand(of('alias/hr/payroll'))))).toMatchObject(denied);
    const contracts = of('alias/hr/contracts');
    expect(await refusalOf(kms().send(new DescribeKeyCommand(contracts)))).toBeUndefined();
    expect(await refusalOf(kms().send(new GetKeyRotationStatusCommand(contracts)))).toMatchObject(denied);
    const treasury = of('alias/treasury');
    expect(await refusalOf(kms().send(new GetKeyRotationStatusCommand(treasury)))).toBeUndefined();
    expect(await refusalOf(kms().send(new EnableKeyRotationCommand(treasury)))).toMatchObject(denied);
  });
});

describe('a generated world', () => {
  it('follows from the seed', async () => {
    const world = { generate: { keys: 50, regions: ['eu-central-1', 'us-east-1'] } };
    const keysOf = async (seed: string) => (await sandboxWith({ world, seed })).sandbox.keys();
    const first = await keysOf('one');
    expect(await keysOf('one')).toEqual(first);
    expect((await keysOf('two'))[0]?.keyId).not.toBe(first[0]?.keyId);
    expect(new Set(first.map((key) => key.arn)).size).toBe(50);
  });

  it('has the mix that is asked for', async () => {
    const world = { generate: { keys: 20, regions: ['eu-central-1'], mix: { candidate: 1 } } };
    const { sandbox } = await sandboxWith({ world });
    expect(sandbox.keys().every((key) => !key.rotation.enabled && key.keyState === 'Enabled')).toBe(true);
  });

  it('of 100,000 keys takes seconds of CPU to start', async () => {
    const before = process.cpuUsage();
    await sandboxWith({ world: { generate: { keys: 100_000, regions: ['eu-central-1'] } } });
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(4000);
  });

  it('is built anew when what it is made of changes, and kept otherwise', async () => {
    const { sandbox, kms } = await sandboxWith({
      world: { generate: { keys: 1, regions: ['eu-central-1'], mix: { candidate: 1 } } },
    });
    await kms().send(new EnableKeyRotationCommand({ KeyId: sandbox.keys()[0]?.keyId }));
    sandbox.configure({ latency: 1 });
    expect(sandbox.keys()[0]?.rotation.enabled).toBe(true);
    sandbox.configure({ world: 'empty', keys: [{ region: 'eu-west-1' }] });
    expect(sandbox.keys().map((key) => key.region)).toEqual(['eu-west-1']);
  });
});
