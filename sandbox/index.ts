import type { AddressInfo } from 'node:net';
import type { Counts, LoggedCall } from './log.ts';
import type { Peak, PeakFilter, PlaceFilter } from './peaks.ts';
import { configure, type SettingsPatch, start } from './running.ts';
import { createWire } from './server/http.ts';
import type { SandboxSettings } from './settings.ts';
import { type AccountSnapshot, accountSnapshots, type KeySnapshot, snapshots } from './snapshot.ts';

export type { Counts, LoggedCall, OperationCount } from './log.ts';
export type { Peak, PeakFilter, PlaceFilter } from './peaks.ts';
export type { SettingsPatch } from './running.ts';
export type { KeySettings } from './settings/key.ts';
export type { OrganizationSettings } from './settings/organization.ts';
export type { DenyRule, FaultRule } from './settings/rule.ts';
export { parseSettings, type SandboxSettings, SettingsError } from './settings.ts';
export type { AccountSnapshot, KeySnapshot } from './snapshot.ts';

/** A small AWS on loopback: KMS, STS, Organizations, Account and EC2 DescribeRegions, of one account or many. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** What an AWS SDK or the AWS CLI needs in its environment to use this sandbox. */
  readonly env: Record<string, string>;
  readonly log: readonly LoggedCall[];
  readonly counts: Counts;
  configure(patch: SettingsPatch): void;
  /** Every key as it truly is, in all places that anyone has asked for, or in one place. */
  keys(of?: PlaceFilter): KeySnapshot[];
  /** The busiest second of each account, Region and operation. */
  peaks(of?: PeakFilter): Peak[];
  /** The accounts, those of the organization first. */
  accounts(): AccountSnapshot[];
  clearLog(): void;
  close(): Promise<void>;
}

/** Starts a sandbox on 127.0.0.1, on a free port unless one is given. */
export async function startSandbox(
  settings: SandboxSettings & { port?: number | undefined } = {},
): Promise<Sandbox> {
  const { port: wanted = 0, ...rest } = settings;
  const running = start(rest);
  const server = createWire(running);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(wanted, '127.0.0.1', resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    env: environmentOf(url),
    get log() {
      return running.log.entries;
    },
    get counts() {
      return running.log.counts;
    },
    configure: (patch) => configure(running, patch),
    keys: (of) => snapshots(running, of),
    peaks: (of) => running.log.peaks.list(of),
    accounts: () => accountSnapshots(running),
    clearLog: () => running.log.clear(),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const environmentOf = (url: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
  AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
  AWS_REGION: 'eu-central-1',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_EC2_METADATA_DISABLED: 'true',
});
