import type { KeySettings } from '../settings/key.ts';
import type { DenyRule } from '../settings/rule.ts';

export interface AliasSettings {
  readonly account?: string | undefined;
  readonly region: string;
  readonly name: string;
}

/** What a sandbox starts with, besides the keys of generated accounts. */
export interface World {
  readonly keys: Iterable<KeySettings>;
  readonly aliases: readonly AliasSettings[];
  readonly deny: readonly DenyRule[];
}
