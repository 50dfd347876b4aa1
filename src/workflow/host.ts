import type { Notify } from '../messages/message.ts';
import type { Aws, Clock, Store } from './ports.ts';

/** What a phase is handed by whoever runs it. */
export interface Host {
  readonly aws: Aws;
  readonly store: Store;
  readonly clock: Clock;
  readonly notify: Notify;
  /** Aborted when the person wants to stop; its reason is the error to end with. */
  readonly signal?: AbortSignal;
  /** Who takes the lock, for the message that another process sees. */
  readonly holder: string;
}
