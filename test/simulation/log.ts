import type { Approval } from '../../src/model/approval.ts';
import type { EntryBody } from '../../src/model/journal.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Verdict } from '../../src/model/verdict.ts';

interface Happened {
  /** Milliseconds. */
  readonly at: number;
}

/** An EnableKeyRotation of ours, as AWS got it. */
export interface Call extends Happened {
  readonly kind: 'call';
  readonly process: number;
  readonly keyArn: string;
  readonly period: number;
  /** When it took effect, if it did. */
  acted?: number;
  /** What the caller was told. */
  answer: 'ok' | 'refused' | 'none';
  requestId?: string;
}

/** Something that truly happened, whatever Keyturn makes of it. */
export type Happening =
  | Call
  | (Happened & { readonly kind: 'outside'; readonly keyArn: string; readonly what: string })
  | (Happened & {
      readonly kind: 'read';
      readonly process: number;
      readonly operation: string;
      readonly keyArn: string;
      readonly ok: boolean;
      /** What the rotation was said to be. */
      readonly on?: boolean;
      /** What state the key was said to be in. */
      readonly state?: string;
    })
  /** The process has been started, or was ended before its time. */
  | (Happened & { readonly kind: 'process'; readonly process: number; readonly what: string })
  /** What a store method has brought to disk. */
  | Recorded<'approval', Approval>
  | Recorded<'intent', EntryBody<'intent'>['change']>
  | Recorded<'outcome', Outcome>
  | Recorded<'verdict', Verdict>;

type Recorded<K extends string, T> = Happened & {
  readonly kind: K;
  readonly process: number;
  readonly rollout: string;
  readonly body: T;
};

/** Everything in the order in which it happened. */
export class Log {
  readonly all: Happening[] = [];
  push<T extends Happening>(happening: T): T {
    this.all.push(happening);
    return happening;
  }
  of<K extends Happening['kind']>(kind: K): Extract<Happening, { kind: K }>[] {
    return this.all.filter((each): each is Extract<Happening, { kind: K }> => each.kind === kind);
  }
}
