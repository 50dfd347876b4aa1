import type { Place } from '../model/place.ts';
import type { UnreachablePlace } from '../model/plan.ts';

/** What a workflow says while it works: coded and typed, for whoever listens. Results are returned, not said. */
export type Message =
  | {
      readonly code: 'assess-begins';
      readonly rollout: string;
      readonly accounts: readonly string[];
      readonly callerArn: string;
      /** Names, where several profiles serve instead of one caller. */
      readonly profiles?: readonly string[];
      readonly regions: readonly string[];
      readonly regionsLeftOut?: readonly string[];
      readonly regionsUnknownBecause?: string;
      /** Excluded Regions and accounts that are not in scope anyway. */
      readonly notExcluded?: readonly string[];
    }
  | { readonly code: 'place-listed'; readonly place: Place; readonly keys: number }
  | { readonly code: 'place-unreachable'; readonly place: UnreachablePlace }
  | {
      readonly code: 'progress';
      readonly phase: Phase;
      readonly done: number;
      readonly of: number;
      readonly placesDone?: number;
      readonly places?: number;
    }
  /** Every place is listed and read, and last uses are still being asked for: few a second (kms-facts §2). */
  | { readonly code: 'last-usage-waiting'; readonly places: number }
  /** An access key in the environment wins over the profile that AWS_PROFILE names. */
  | { readonly code: 'environment-keys'; readonly profile: string }
  | { readonly code: 'throttled'; readonly operation: string }
  | { readonly code: 'lock-taken-over'; readonly from: string }
  | { readonly code: 'settling'; readonly keyArn: string; readonly seconds: number }
  /** Nothing further is begun in a place; what would fix it, if a person can. */
  | {
      readonly code: 'place-stopped';
      readonly place: Place;
      readonly reason: string;
      readonly fix?: string;
    }
  /** What a bound of the run left undone, in all places together. */
  | {
      readonly code: 'keys-left';
      /** The bound, as a person gave it. */
      readonly bound: string;
      readonly keys: number;
      readonly places: number;
      /** Changes that this run has made. */
      readonly changes: number;
    }
  /** Approved keys that are left alone, since no trusted approver signed their approval. */
  | { readonly code: 'keys-unsigned'; readonly keys: number }
  | { readonly code: 'validate-waiting'; readonly keys: number; readonly seconds: number };

export type Phase = 'assess' | 'configure' | 'validate';

export type Notify = (message: Message) => void;
