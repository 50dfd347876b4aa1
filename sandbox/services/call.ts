import type { Input } from '../kms/input.ts';
import type { SandboxSettings } from '../settings.ts';
import type { Account, Cloud } from '../state/cloud.ts';
import type { Session, Sessions } from '../state/session.ts';

/** One request to a service other than KMS, as an operation sees it. */
export interface ServiceCall {
  readonly operation: string;
  readonly region: string;
  readonly caller: {
    readonly account: Account;
    readonly arn: string;
    readonly session?: Session | undefined;
  };
  readonly cloud: Cloud;
  readonly sessions: Sessions;
  readonly input: Input;
  readonly now: number;
  readonly settings: SandboxSettings;
  readonly random: () => number;
}

export type ServiceOperation = (call: ServiceCall) => Record<string, unknown>;
