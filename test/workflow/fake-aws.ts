import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeStoreDirectory } from '../../src/files/store-directory.ts';
import type { FailureKind } from '../../src/model/failure.ts';
import type { KeyMetadata, KeyRotation, RotationStatus } from '../../src/model/key-facts.ts';
import type { LastUsage } from '../../src/model/last-use.ts';
import { openStore } from '../../src/store/open.ts';
import type {
  Answer,
  AskedProfile,
  Aws,
  Clock,
  KeyReference,
  KmsPlace,
  OrganizationAccount,
  Store,
} from '../../src/workflow/ports.ts';
import { ACCOUNT, arnOf, failureOf, SYMMETRIC } from '../support/facts.ts';

/** What becomes of one EnableKeyRotation. */
export type Fate =
  | 'works'
  | 'lost after acting'
  | 'lost before acting'
  | 'never sent'
  | 'throttled'
  | 'not found yet'
  | 'denied'
  | 'credentials expired';

export interface FakeKey {
  readonly keyArn: string;
  metadata: KeyMetadata;
  rotation: RotationStatus;
  pastRotations: KeyRotation[];
  lastUsage: LastUsage;
  /** In the order of the calls; then they work. */
  fates: Fate[];
  enableCalls: number;
  timesTurnedOn: number;
}

/** Time that passes only when somebody sleeps. The time of day can be stepped beside it. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-22T10:00:00.000Z');
  #elapsed = 0;
  now(): Date {
    return new Date(this.#now);
  }
  monotonic(): number {
    return this.#elapsed;
  }
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    this.#elapsed += ms;
    await Promise.resolve();
  }
  /** Somebody sets the clock. */
  step(ms: number): void {
    this.#now += ms;
  }
}

/** AWS in memory behind the workflows' own port: one account, any Regions. */
export class FakeAws implements Aws {
  readonly keys = new Map<string, FakeKey>();
  readonly calls: string[] = [];
  /** Called before each answer; may change the world. */
  onCall: (operation: string, keyArn: string) => void = () => {};
  /** Reads of keys that fail, by `operation keyArn`. */
  readonly unreadable = new Map<string, FailureKind>();
  listings: ((keys: readonly KeyReference[]) => readonly KeyReference[])[] = [];
  account = ACCOUNT;
  organization: OrganizationAccount[] = [];
  profiles: AskedProfile[] = [];
  readonly unreachable = new Set<string>();
  /** Regions of accounts that have others than most. */
  readonly enabled = new Map<string, readonly string[] | 'denied'>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(
    keyId: string,
    region: string,
    metadata: Partial<KeyMetadata> = {},
    on = false,
    account = ACCOUNT,
  ): FakeKey {
    const keyArn = arnOf(keyId, region, account);
    const key: FakeKey = {
      keyArn,
      metadata: { ...SYMMETRIC, ...metadata },
      rotation: { KeyRotationEnabled: false },
      pastRotations: [],
      lastUsage: { TrackingStartDate: '2026-03-01T00:00:00.000Z' },
      fates: [],
      enableCalls: 0,
      timesTurnedOn: 0,
    };
    this.keys.set(keyArn, key);
    if (on) this.turnOn(key, 365);
    return key;
  }

  turnOn(key: FakeKey, RotationPeriodInDays: number): void {
    const next = this.#clock.now().getTime() + RotationPeriodInDays * 86_400_000;
    key.rotation = {
      KeyRotationEnabled: true,
      RotationPeriodInDays,
      NextRotationDate: new Date(next).toISOString(),
    };
    key.timesTurnedOn += 1;
  }

  async identify() {
    const callerArn = `arn:aws:iam::${this.account}:user/tester`;
    return { account: this.account, callerArn, userId: 'AIDA', partition: 'aws' };
  }
  async askProfiles(): Promise<readonly AskedProfile[]> {
    return this.profiles;
  }
  async configuredRegions(): Promise<readonly string[]> {
    return ['eu-central-1'];
  }
  async listAccounts(): Promise<Answer<readonly OrganizationAccount[]>> {
    return this.#answer(this.organization);
  }
  async reach(account: string): Promise<Answer<void>> {
    return this.unreachable.has(account)
      ? this.#fail('AssumeRole', 'access-denied')
      : this.#answer(undefined);
  }
  async listEnabledRegions(account: string): Promise<Answer<readonly string[]>> {
    const enabled = this.enabled.get(account) ?? ['eu-central-1', 'us-east-1'];
    return enabled === 'denied' ? this.#fail('ListRegions', 'access-denied') : this.#answer(enabled);
  }

  place(place: { account: string; region: string }): KmsPlace {
    const about = <T>(operation: string, keyArn: string, value: (key: FakeKey) => T): Answer<T> => {
      this.calls.push(`${operation} ${keyArn}`);
      this.onCall(operation, keyArn);
      const failing = this.unreadable.get(`${operation} ${keyArn}`);
      const key = this.keys.get(keyArn);
      if (failing) return this.#fail(operation, failing);
      return key ? this.#answer(value(key)) : this.#fail(operation, 'not-found');
    };
    return {
      place,
      listKeys: async () => {
        const all = [...this.keys.keys()].filter((arn) => arn.includes(`:${place.region}:${place.account}:`));
        const keys = all.map((keyArn) => ({ keyArn, keyId: keyArn.split('/')[1] ?? '' }));
        return this.#answer(this.listings.shift()?.(keys) ?? keys);
      },
      listAliases: async () => this.#answer(new Map<string, string[]>()),
      describeKey: async (arn) => about('DescribeKey', arn, ({ metadata }) => metadata),
      getKeyRotationStatus: async (arn) => about('GetKeyRotationStatus', arn, shownRotation),
      getKeyPolicy: async (arn) => about('GetKeyPolicy', arn, () => '{"Statement":[]}'),
      listKeyRotations: async (arn) => about('ListKeyRotations', arn, ({ pastRotations }) => pastRotations),
      getKeyLastUsage: async (arn) => about('GetKeyLastUsage', arn, ({ lastUsage }) => lastUsage),
      listResourceTags: async (arn) => about('ListResourceTags', arn, () => ({})),
      enableKeyRotation: async (arn, period) => this.#enable(arn, period),
    };
  }

  #enable(keyArn: string, period: number): Answer<void> {
    this.calls.push(`EnableKeyRotation ${keyArn}`);
    this.onCall('EnableKeyRotation', keyArn);
    const key = this.keys.get(keyArn);
    if (!key) return this.#fail('EnableKeyRotation', 'not-found');
    key.enableCalls += 1;
    const fate = key.fates.shift() ?? 'works';
    if (fate === 'denied') return this.#fail('EnableKeyRotation', 'access-denied');
    if (fate === 'not found yet') return this.#fail('EnableKeyRotation', 'not-found');
    if (fate === 'throttled') return this.#fail('EnableKeyRotation', 'throttled');
    if (fate === 'credentials expired') return this.#fail('EnableKeyRotation', 'credentials');
    if (fate === 'never sent') return this.#fail('EnableKeyRotation', 'network');
    if (fate === 'lost before acting') return this.#fail('EnableKeyRotation', 'network', false);
    if (key.metadata.KeyState !== 'Enabled') return this.#fail('EnableKeyRotation', 'invalid-state');
    this.turnOn(key, period);
    return fate === 'lost after acting'
      ? this.#fail('EnableKeyRotation', 'server', false)
      : { ...this.#answer(undefined), requestId: `request-${this.calls.length}` };
  }

  #answer<T>(value: T): Extract<Answer<T>, { ok: true }> {
    return { ok: true, value, at: this.#clock.now().toISOString() };
  }
  #fail(operation: string, kind: FailureKind, certain = true): Answer<never> {
    return { ok: false, failure: failureOf(kind, operation), at: this.#clock.now().toISOString(), certain };
  }
}

/** A key pending deletion reads as off whatever it is (kms-facts §1.3). */
const shownRotation = ({ metadata, rotation }: FakeKey): RotationStatus =>
  metadata.KeyState === 'PendingDeletion' ? { KeyRotationEnabled: false } : rotation;

/** A real store in a directory of its own, gone when the test is. */
export async function temporaryStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'));
  const store = await openStore(makeStoreDirectory(directory));
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return store;
}
