import type { KeySettings } from '../settings/key.ts';
import type { DenyRule } from '../settings/rule.ts';
import type { SandboxSettings } from '../settings.ts';
import { demoWorld } from './demo.ts';
import { generatedKeys } from './generate.ts';

/** What a sandbox starts with. */
export interface World {
  readonly keys: Iterable<KeySettings>;
  readonly aliases: readonly { readonly region: string; readonly name: string }[];
  readonly deny: readonly DenyRule[];
}

/** The named or generated world, followed by the keys that the settings list themselves. */
export function worldOf(settings: SandboxSettings, seed: string): World {
  const base = baseOf(settings, seed);
  return {
    keys: (function* () {
      yield* base.keys;
      yield* settings.keys ?? [];
    })(),
    aliases: [...base.aliases, ...(settings.aliases ?? [])],
    deny: base.deny,
  };
}

const EMPTY: World = { keys: [], aliases: [], deny: [] };

function baseOf({ world = 'empty' }: SandboxSettings, seed: string): World {
  if (world === 'empty') return EMPTY;
  if (world === 'demo') return demoWorld(seed);
  return { ...EMPTY, keys: generatedKeys(world.generate, seed) };
}
