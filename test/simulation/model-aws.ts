import { KeyturnError } from '../../src/messages/error.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { KeyMetadata, RotationStatus } from '../../src/model/key-facts.ts';
import type { Answer, Aws, Clock, KmsPlace } from '../../src/workflow/ports.ts';
import { ACCOUNT, arnOf, failureOf, SYMMETRIC } from '../support/facts.ts';
import { between, pick, type Random } from '../support/random.ts';
import type { Call, Log } from './log.ts';
import type { Process } from './process.ts';

const DAY_MS = 86_400_000;
export const REGIONS = ['eu-central-1', 'us-east-1'] as const;

/** A fact that changes, and how it was at any time before: readers of AWS see the past. */
export class Timeline<T> {
  readonly #turns: { readonly at: number; readonly value: T }[];
  constructor(value: T) {
    this.#turns = [{ at: Number.NEGATIVE_INFINITY, value }];
  }
  set(at: number, value: T): void {
    this.#turns.push({ at, value });
  }
  at(time: number): T {
    const turn = this.#turns.findLast(({ at }) => at <= time);
    if (!turn) throw new RangeError('before the beginning');
    return turn.value;
  }
  /** Every value that it had at any moment between two times, both included. */
  during(from: number, to: number): T[] {
    return [
      this.at(from),
      ...this.#turns.filter(({ at }) => at > from && at <= to).map(({ value }) => value),
    ];
  }
}

/** Time passes when somebody waits, and a little with every call; what AWS does later is done on the way. */
export class ModelClock implements Clock {
  #now = Date.parse('2026-11-22T10:00:00.000Z');
  #due: { readonly at: number; readonly act: () => void }[] = [];

  now(): Date {
    return new Date(this.#now);
  }
  monotonic(): number {
    return this.#now;
  }
  async sleep(ms: number): Promise<void> {
    this.pass(ms);
  }
  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = this.#due.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = until;
  }
  later(ms: number, act: () => void): void {
    this.#due.push({ at: this.#now + ms, act });
  }
}

type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'Gone';
export type Readable = 'DescribeKey' | 'GetKeyRotationStatus' | 'EnableKeyRotation';

/** On since when, with which period; undefined: off. */
type Setting = { readonly since: number; readonly period: number } | undefined;

/** What multi-Region keys have in common, or a key on its own has for itself. */
interface Family {
  readonly rotation: Timeline<Setting>;
  readonly primaryRegion: Timeline<string>;
  readonly members: ModelKey[];
}

export interface ModelKey {
  readonly keyArn: string;
  readonly keyId: string;
  readonly region: string;
  readonly metadata: KeyMetadata;
  readonly state: Timeline<KeyState>;
  readonly family: Family;
  readonly denied: Set<Readable>;
}

/** How AWS treats its callers; all zero is AWS at its best. */
export interface Weather {
  /** Reads show how things were at most so many milliseconds ago, each read another moment. */
  readonly lagMs: number;
  /** An unanswered call takes effect at most so many milliseconds later. */
  readonly lateMs: number;
  /** The share of changes that go wrong, and of reads that fail for good. */
  readonly trouble: number;
}

const FATES = [
  'lost after acting',
  'lost after acting',
  'lost before acting',
  'acts late',
  'throttled',
  'throttled',
  'never sent',
  'credentials',
] as const;

/**
 * AWS as far as the workflows see it, with a record of what truly happened. Nothing here knows of Keyturn's own record.
 */
export class ModelAws {
  readonly keys = new Map<string, ModelKey>();
  readonly clock: ModelClock;
  readonly log: Log;
  weather: Weather;
  readonly #random: Random;
  #requests = 0;

  constructor(clock: ModelClock, log: Log, random: Random, weather: Weather) {
    this.clock = clock;
    this.log = log;
    this.weather = weather;
    this.#random = random;
  }

  /** A key in one Region, or a multi-Region primary with a replica in the other one. */
  add(keyId: string, region: string, metadata: Partial<KeyMetadata> = {}, replica?: string): void {
    const family: Family = {
      rotation: new Timeline<Setting>(undefined),
      primaryRegion: new Timeline(region),
      members: [],
    };
    for (const each of replica === undefined ? [region] : [region, replica]) {
      const key: ModelKey = {
        keyArn: arnOf(keyId, each),
        keyId,
        region: each,
        metadata: { ...SYMMETRIC, ...metadata },
        state: new Timeline<KeyState>('Enabled'),
        family,
        denied: new Set(),
      };
      family.members.push(key);
      this.keys.set(key.keyArn, key);
    }
  }

  get #now(): number {
    return this.clock.now().getTime();
  }

  /** Whether automatic rotation was off at any moment between two times; it is not while a pending deletion hides it. */
  wasOff(keyArn: string, from: number, to: number): boolean {
    return this.#key(keyArn)
      .family.rotation.during(from, to)
      .some((setting) => setting === undefined);
  }

  /** Whether a reader at that time may be shown a moment in which the key was pending deletion. */
  mayShowDeletion(keyArn: string, at: number): boolean {
    return this.#key(keyArn)
      .state.during(at - this.weather.lagMs, at)
      .includes('PendingDeletion');
  }

  /** Whether nothing about a key stands in the way of reading and changing it. */
  isWell(keyArn: string): boolean {
    const { denied, state, region, family } = this.#key(keyArn);
    const isPrimary = family.primaryRegion.at(this.#now) === region;
    return denied.size === 0 && state.at(this.#now) === 'Enabled' && isPrimary;
  }

  /** Mostly the key that we are at: there it hurts. */
  #lastAsked(): ModelKey | undefined {
    const last = this.log.all.at(-1);
    const isOurs = last?.kind === 'read' || last?.kind === 'call';
    return isOurs && this.#random() < 0.8 ? this.keys.get(last.keyArn) : undefined;
  }

  /** Somebody else does something to some key. */
  meddle(): void {
    const random = this.#random;
    const key = this.#lastAsked() ?? pick(random, [...this.keys.values()]);
    const { keyArn, family, state } = key;
    const now = this.#now;
    const mayChange = state.at(now) === 'Enabled';
    const set = (name: KeyState) => () => state.set(now, name);
    const deeds: Record<string, () => void> = {
      'turns rotation off': () => mayChange && family.rotation.set(now, undefined),
      'turns rotation on': () => mayChange && family.rotation.set(now, { since: now, period: 180 }),
      disables: set('Disabled'),
      enables: set('Enabled'),
      'schedules deletion': set('PendingDeletion'),
      'cancels deletion': set('Disabled'),
      deletes: () => random() < 0.2 && state.set(now, 'Gone'),
      'moves the primary': () => family.primaryRegion.set(now, pick(random, family.members).region),
      denies: () =>
        key.denied.add(pick(random, ['DescribeKey', 'GetKeyRotationStatus', 'EnableKeyRotation'] as const)),
      allows: () => key.denied.clear(),
    };
    const what = pick(random, Object.keys(deeds));
    if (state.at(now) !== 'Gone') deeds[what]?.();
    this.log.push({ kind: 'outside', at: now, keyArn, what });
  }

  /** AWS as one process of ours sees it. */
  for(process: Process): Aws {
    const step = <T>(name: string, effect: () => T): Promise<T> =>
      process.step(name, () => {
        this.clock.pass(between(this.#random, 1, 40));
        return effect();
      });
    return {
      identify: () =>
        step('identify', () => {
          if (this.#strikes(0.05)) throw new KeyturnError('aws-failed', 'no answer', 'try again');
          return { account: ACCOUNT, callerArn: 'arn', userId: 'AIDA', partition: 'aws' };
        }),
      askProfiles: async () => [],
      configuredRegions: async () => [REGIONS[0]],
      listAccounts: () => step('ListAccounts', () => this.#answer([])),
      reach: () =>
        step('reach', () =>
          this.#strikes(0.05) ? this.#fail('AssumeRole', 'network') : this.#answer(undefined),
        ),
      listEnabledRegions: () => step('ListRegions', () => this.#answer([...REGIONS])),
      place: (place) => this.#place(place.region, process, step),
    };
  }

  #place(region: string, process: Process, step: <T>(name: string, effect: () => T) => Promise<T>): KmsPlace {
    const read = <T extends Partial<RotationStatus & KeyMetadata>>(
      operation: Readable,
      keyArn: string,
      see: (key: ModelKey, time: number) => T,
    ) => step(operation, () => this.#read(process, operation, keyArn, see));
    return {
      place: { account: ACCOUNT, region },
      listKeys: () => step('ListKeys', () => this.#list(region)),
      listAliases: () => step('ListAliases', () => this.#answer(new Map<string, string[]>())),
      describeKey: (arn) => read('DescribeKey', arn, (key, time) => metadataOf(key, time)),
      getKeyRotationStatus: (arn) => read('GetKeyRotationStatus', arn, (key, time) => statusOf(key, time)),
      getKeyPolicy: () => step('GetKeyPolicy', () => this.#answer('{"Statement":[]}')),
      listResourceTags: () => step('ListResourceTags', () => this.#answer({})),
      listKeyRotations: () => step('ListKeyRotations', () => this.#answer([])),
      getKeyLastUsage: () =>
        step('GetKeyLastUsage', () => this.#answer({ TrackingStartDate: new Date(0).toISOString() })),
      enableKeyRotation: async (arn, period) => {
        let call: Call | undefined;
        return process.step('EnableKeyRotation', () => {
          this.clock.pass(between(this.#random, 1, 40));
          call ??= this.log.push({
            kind: 'call',
            at: this.#now,
            process: process.id,
            keyArn: arn,
            period,
            answer: 'none',
          });
          return this.#enable(call);
        });
      },
    };
  }

  #list(region: string): Answer<{ keyArn: string; keyId: string }[]> {
    if (this.#strikes(0.15))
      return this.#fail('ListKeys', pick(this.#random, ['access-denied', 'throttled']));
    const listed = [...this.keys.values()].filter(
      (key) => key.region === region && key.state.at(this.#now) !== 'Gone',
    );
    return this.#answer(listed.map(({ keyArn, keyId }) => ({ keyArn, keyId })));
  }

  #read<T extends Partial<RotationStatus & KeyMetadata>>(
    process: Process,
    operation: Readable,
    keyArn: string,
    see: (key: ModelKey, time: number) => T,
  ): Answer<T> {
    const key = this.#key(keyArn);
    const answer = this.#readAnswer(operation, key, see);
    const seen: Partial<RotationStatus & KeyMetadata> = answer.ok ? answer.value : {};
    this.log.push({
      kind: 'read',
      at: this.#now,
      process: process.id,
      operation,
      keyArn,
      ok: answer.ok,
      ...(seen.KeyRotationEnabled !== undefined && { on: seen.KeyRotationEnabled }),
      ...(seen.KeyState !== undefined && { state: seen.KeyState }),
    });
    return answer;
  }

  #readAnswer<T>(operation: Readable, key: ModelKey, see: (key: ModelKey, time: number) => T): Answer<T> {
    const kinds: FailureKind[] = ['throttled', 'server', 'network', 'malformed-answer', 'credentials'];
    if (key.denied.has(operation)) return this.#fail(operation, 'access-denied');
    if (this.#strikes(0.1)) return this.#fail(operation, pick(this.#random, kinds));
    const time = this.#now - between(this.#random, 0, this.weather.lagMs);
    if (key.state.at(time) === 'Gone') return this.#fail(operation, 'not-found');
    return this.#answer(see(key, time));
  }

  #enable(call: Call): Answer<void> {
    const operation = 'EnableKeyRotation';
    const key = this.#key(call.keyArn);
    const fate = this.#strikes(1) ? pick(this.#random, FATES) : 'works';
    const refuse = (kind: FailureKind) => {
      call.answer = 'refused';
      return this.#fail(operation, kind);
    };
    if (key.denied.has(operation)) return refuse('access-denied');
    if (fate === 'throttled') return refuse('throttled');
    if (fate === 'credentials') return refuse('credentials');
    if (fate === 'never sent') return refuse('network');
    if (fate === 'lost before acting') return this.#fail(operation, 'network', false);
    if (fate === 'acts late') {
      this.clock.later(between(this.#random, 1, this.weather.lateMs), () => this.#act(call));
      return this.#fail(operation, 'network', false);
    }
    const refusal = this.#act(call);
    if (fate === 'lost after acting') return this.#fail(operation, 'server', false);
    if (refusal) return refuse(refusal);
    call.answer = 'ok';
    this.#requests += 1;
    call.requestId = `request-${this.#requests}`;
    return { ...this.#answer(undefined), requestId: call.requestId };
  }

  /** Turns rotation on, where AWS would; else why not. */
  #act(call: Call): FailureKind | undefined {
    const { state, family, region } = this.#key(call.keyArn);
    const now = this.#now;
    if (state.at(now) === 'Gone') return 'not-found';
    if (state.at(now) !== 'Enabled') return 'invalid-state';
    if (family.primaryRegion.at(now) !== region) return 'unsupported';
    family.rotation.set(now, { since: now, period: call.period });
    call.acted = now;
    return undefined;
  }

  /** Whether something goes wrong that does so in this part of all the troubles. */
  #strikes(part: number): boolean {
    return this.#random() < this.weather.trouble * part;
  }
  #key(keyArn: string): ModelKey {
    const key = this.keys.get(keyArn);
    if (!key) throw new Error(`no key ${keyArn}`);
    return key;
  }
  #answer<T>(value: T): Extract<Answer<T>, { ok: true }> {
    return { ok: true, value, at: this.clock.now().toISOString() };
  }
  #fail(operation: string, kind: FailureKind, certain = true): Answer<never> {
    return { ok: false, failure: failureOf(kind, operation), at: this.clock.now().toISOString(), certain };
  }
}

function metadataOf({ metadata, state, family, region, keyArn }: ModelKey, time: number): KeyMetadata {
  const KeyState = state.at(time);
  const now = { ...metadata, KeyState, Enabled: KeyState === 'Enabled' };
  if (family.members.length === 1) return now;
  const primaryRegion = family.primaryRegion.at(time);
  const related = (member: ModelKey) => ({ Arn: member.keyArn, Region: member.region });
  const primary = family.members.find((member) => member.region === primaryRegion);
  return {
    ...now,
    MultiRegion: true,
    MultiRegionConfiguration: {
      MultiRegionKeyType: region === primaryRegion ? 'PRIMARY' : 'REPLICA',
      ...(primary && { PrimaryKey: related(primary) }),
      ReplicaKeys: family.members.filter((member) => member !== primary).map(related),
    },
    Description: keyArn,
  };
}

/** A key pending deletion reads as off whatever it is (kms-facts §1.3). */
function statusOf({ state, family }: ModelKey, time: number): RotationStatus {
  const setting = family.rotation.at(time);
  if (!setting || state.at(time) === 'PendingDeletion') return { KeyRotationEnabled: false };
  const { since, period } = setting;
  return {
    KeyRotationEnabled: true,
    RotationPeriodInDays: period,
    NextRotationDate: new Date(since + period * DAY_MS).toISOString(),
  };
}
