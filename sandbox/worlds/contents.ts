import type { KeySettings } from '../settings/key.ts';
import type { DenyRule } from '../settings/rule.ts';

/** What a sandbox starts with. */
export interface World {
  readonly keys: Iterable<KeySettings>;
  readonly aliases: readonly { readonly region: string; readonly name: string }[];
  readonly deny: readonly DenyRule[];
}
