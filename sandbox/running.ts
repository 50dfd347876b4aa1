import { type Clock, createClock } from './clock.ts';
import { createFaults, type Faults } from './conditions/faults.ts';
import { createQuotas, type Quotas } from './conditions/quotas.ts';
import { isRecord } from './kms/input.ts';
import { CallLog } from './log.ts';
import { randomStream } from './random.ts';
import type { DenyRule } from './settings/rule.ts';
import { parseSettings, type SandboxSettings, SettingsError } from './settings.ts';
import type { Cloud } from './state/cloud.ts';
import { createSessions, type Sessions } from './state/session.ts';
import { buildCloud, reorganized } from './worlds/build.ts';
import { describeAccounts } from './worlds/describe.ts';
import { seedOf, worldOf } from './worlds/world.ts';

/** A sandbox at work: the accounts, the conditions they are met under, and what has been asked of them. */
export interface Running {
  settings: SandboxSettings;
  cloud: Cloud;
  deny: readonly DenyRule[];
  faults: Faults;
  quotas: Quotas;
  random: () => number;
  readonly sessions: Sessions;
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
  return {
    settings,
    cloud: buildCloud(settings, clock.now()),
    deny: denyIn(settings),
    faults: createFaults(settings.faults ?? [], random),
    quotas: createQuotas(settings.quotas),
    sessions: createSessions(),
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
  const now = Date.now() + (settings.clockOffsetMs ?? 0);
  const cloud = cloudAfter(running, settings, changed, now);
  describeAccounts(cloud, settings);
  running.cloud = cloud;
  running.settings = settings;
  running.clock.offsetMs = settings.clockOffsetMs ?? 0;
  running.log.keep(settings.log);
  if (changed('seed')) running.random = randomStream(seedOf(settings));
  if (changed('deny') || changed('world')) running.deny = denyIn(settings);
  if (changed('faults')) running.faults = createFaults(settings.faults ?? [], running.random);
  if (changed('quotas')) running.quotas = createQuotas(settings.quotas);
}

/** Wrong settings throw here, before anything has changed. */
function cloudAfter(
  { cloud, settings: before }: Running,
  after: SandboxSettings,
  changed: (name: keyof SandboxSettings) => boolean,
  now: number,
): Cloud {
  if (WORLD_SETTINGS.some(changed)) return buildCloud(after, now);
  if (!changed('organization')) return cloud;
  return reorganized(cloud, before, after, now) ?? buildCloud(after, now);
}

const denyIn = (settings: SandboxSettings): DenyRule[] => [
  ...worldOf(settings, seedOf(settings)).deny,
  ...(settings.deny ?? []),
];
