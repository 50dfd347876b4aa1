import { type Clock, createClock } from './clock.ts';
import { createFaults, type Faults } from './conditions/faults.ts';
import { createQuotas, type Quotas } from './conditions/quotas.ts';
import { isRecord } from './kms/input.ts';
import { CallLog } from './log.ts';
import { randomStream } from './random.ts';
import type { DenyRule } from './settings/rule.ts';
import { parseSettings, type SandboxSettings, SettingsError } from './settings.ts';
import { type Account, type Cloud, partitionOf, placeIn } from './state/cloud.ts';
import { addAlias, createFromSettings } from './state/create.ts';
import { DEFAULT_REGIONS } from './state/regions.ts';
import type { World } from './worlds/contents.ts';
import { worldOf } from './worlds/world.ts';

const DEFAULT_ACCOUNT = '111122223333';

/** A sandbox at work: the accounts, the conditions they are met under, and what has been asked of them. */
export interface Running {
  settings: SandboxSettings;
  cloud: Cloud;
  deny: readonly DenyRule[];
  faults: Faults;
  quotas: Quotas;
  random: () => number;
  readonly clock: Clock;
  readonly log: CallLog;
}

/** Settings to change; `null` takes one back to its default. */
export type SettingsPatch = { [Name in keyof SandboxSettings]?: SandboxSettings[Name] | null };

export function start(given: SandboxSettings): Running {
  const settings = parseSettings(given);
  const clock = createClock(settings.clockOffsetMs);
  const random = randomStream(seedOf(settings));
  const log = new CallLog();
  log.keep(settings.log);
  const { cloud, world } = build(settings, clock.now());
  return {
    settings,
    cloud,
    deny: [...world.deny, ...(settings.deny ?? [])],
    faults: createFaults(settings.faults ?? [], random),
    quotas: createQuotas(settings.quotas),
    random,
    clock,
    log,
  };
}

const WORLD_SETTINGS = ['account', 'seed', 'world', 'keys', 'aliases'] as const;

/**
 * Changes settings while it runs; each given one replaces the old as a whole. A change to what the world is made
 * of builds it anew; the rest leaves keys, log and counts alone.
 */
export function configure(running: Running, patch: SettingsPatch): void {
  // A patch that came over HTTP may be anything.
  if (!isRecord(patch)) throw new SettingsError(['settings: must be an object']);
  const merged = { ...running.settings, ...patch };
  const settings = parseSettings(
    Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)),
  );
  const changed = (name: keyof SandboxSettings) => name in patch;
  running.settings = settings;
  running.clock.offsetMs = settings.clockOffsetMs ?? 0;
  running.log.keep(settings.log);
  if (changed('seed')) running.random = randomStream(seedOf(settings));
  if (WORLD_SETTINGS.some(changed)) running.cloud = build(settings, running.clock.now()).cloud;
  if (changed('deny') || changed('world')) {
    running.deny = [...worldOf(settings, seedOf(settings)).deny, ...(settings.deny ?? [])];
  }
  if (changed('faults')) running.faults = createFaults(settings.faults ?? [], running.random);
  if (changed('quotas')) running.quotas = createQuotas(settings.quotas);
  for (const account of running.cloud.accounts.values()) describeAccount(account, settings);
}

const seedOf = (settings: SandboxSettings) => String(settings.seed ?? 'keyturn');

function build(settings: SandboxSettings, now: number): { cloud: Cloud; world: World } {
  const account: Account = {
    id: settings.account ?? DEFAULT_ACCOUNT,
    callerArn: '',
    regions: DEFAULT_REGIONS,
    places: new Map(),
  };
  describeAccount(account, settings);
  const seed = seedOf(settings);
  const world = worldOf(settings, seed);
  let index = 0;
  for (const key of world.keys) createFromSettings(account, key, `${seed}/${key.region}/${index++}`, now);
  for (const { region, name } of world.aliases) {
    const place = placeIn(account, region);
    if (!place.aliases.has(name)) addAlias(place, name, undefined, now);
  }
  return { cloud: { accounts: new Map([[account.id, account]]) }, world };
}

function describeAccount(account: Account, settings: SandboxSettings): void {
  account.regions = settings.regions ? new Map(Object.entries(settings.regions)) : DEFAULT_REGIONS;
  const [region = 'us-east-1'] = account.regions.keys();
  account.callerArn = settings.callerArn ?? `arn:${partitionOf(region)}:iam::${account.id}:user/keyturn`;
}
