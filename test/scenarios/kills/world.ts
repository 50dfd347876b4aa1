import type { DenyRule, FaultRule, SandboxSettings } from '../../../sandbox/index.ts';
import { candidates, FRANKFURT, IRELAND } from '../../support/journey.ts';

/** How late AWS shows a change, and the longer time that every configure gives it: else it could not be read back. */
export interface Lag {
  readonly ms: number;
  readonly settle: string;
}
export const LAGS: readonly Lag[] = [
  { ms: 0, settle: '1s' },
  { ms: 600, settle: '2s' },
  { ms: 600, settle: '2s' },
  { ms: 1500, settle: '2s' },
  { ms: 2500, settle: '3s' },
];
/** Longer than any lag. */
export const WAIT = '5s';

const enable = { operation: 'EnableKeyRotation' } as const;

/** AWS at its worse: slow, late, throttling, and losing answers before and after it acted. */
export const TROUBLES: Readonly<Record<string, readonly FaultRule[]>> = {
  none: [],
  'lost after acting': [
    { ...enable, kind: 'reset', when: 'after', probability: 0.3 },
    { ...enable, kind: 'status', status: 500, when: 'after', probability: 0.2 },
    { ...enable, kind: 'truncated', probability: 0.05 },
  ],
  'lost before acting': [
    { ...enable, kind: 'reset', probability: 0.15 },
    { ...enable, kind: 'status', status: 503, body: 'html', probability: 0.15 },
  ],
  throttled: [
    { kind: 'throttle', probability: 0.1, ...enable },
    { kind: 'throttle', probability: 0.1, operation: 'DescribeKey' },
    { kind: 'throttle', probability: 0.1, operation: 'ListKeys' },
    { kind: 'throttle', probability: 0.1, operation: 'GetKeyRotationStatus' },
  ],
  'bad reads': [
    { kind: 'reset', operation: 'GetKeyRotationStatus', probability: 0.1 },
    { kind: 'reset', operation: 'DescribeKey', when: 'after', probability: 0.05 },
    { kind: 'status', status: 500, operation: 'ListKeys', probability: 0.1 },
    { kind: 'truncated', operation: 'GetKeyRotationStatus', probability: 0.05 },
  ],
  everything: [
    { ...enable, kind: 'reset', when: 'after', probability: 0.15 },
    { ...enable, kind: 'reset', probability: 0.1 },
    { ...enable, kind: 'status', status: 502, when: 'after', probability: 0.05 },
    { ...enable, kind: 'throttle', probability: 0.1 },
    { kind: 'reset', operation: 'GetKeyRotationStatus', probability: 0.05 },
    { kind: 'status', status: 500, operation: 'DescribeKey', probability: 0.05 },
  ],
};

type Denied = NonNullable<DenyRule['operation']>;

/** What somebody takes away on two of the approved keys, for good, and when. */
export interface Denial {
  readonly when: 'never' | 'before configure' | 'after the first kill of configure';
  readonly operations: readonly Denied[];
}
const READS = ['DescribeKey', 'GetKeyRotationStatus'] as const;
export const DENIALS: readonly Denial[] = [
  { when: 'never', operations: [] },
  { when: 'never', operations: [] },
  { when: 'before configure', operations: ['EnableKeyRotation'] },
  { when: 'before configure', operations: ['GetKeyRotationStatus'] },
  { when: 'after the first kill of configure', operations: READS },
  { when: 'after the first kill of configure', operations: [...READS, 'EnableKeyRotation'] },
];

/** Off, eligible, and its status denied from the start: it must never be taken for a candidate. */
export const HIDDEN = 'hidden';

/** A small world in two Regions: candidates, and keys of other kinds that nothing may touch. */
export const worldOf = (seed: string, trouble: string, lag: Lag): SandboxSettings => ({
  seed,
  keys: [
    ...candidates(8, FRANKFURT),
    ...candidates(4, IRELAND),
    { region: FRANKFURT, description: 'on', rotation: { periodInDays: 180 } },
    { region: FRANKFURT, description: 'disabled', keyState: 'Disabled' },
    { region: FRANKFURT, description: HIDDEN, keyId: HIDDEN_ID },
    { region: IRELAND, description: 'rsa', keySpec: 'RSA_2048' },
    { region: IRELAND, description: 'imported', origin: 'EXTERNAL' },
    { region: IRELAND, description: 'aws', keyManager: 'AWS' },
  ],
  latency: { ms: 4, jitterMs: 12 },
  consistency: { rotationMs: lag.ms },
  deny: denyRules([HIDDEN_ID], ['GetKeyRotationStatus']),
  faults: [...(TROUBLES[trouble] ?? [])],
});
export const HIDDEN_ID = '00000000-0000-4000-8000-00000000dead';

export const denyRules = (keys: readonly string[], operations: readonly Denied[]) =>
  keys.flatMap((key) => operations.map((operation) => ({ key, operation })));

export const REGIONS = ['--region', FRANKFURT, '--region', IRELAND];
