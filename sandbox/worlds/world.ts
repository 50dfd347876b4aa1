import type { SandboxSettings } from '../settings.ts';
import type { World } from './contents.ts';
import { demoWorld } from './demo.ts';
import { generatedKeys } from './generate.ts';

export const seedOf = (settings: SandboxSettings) => String(settings.seed ?? 'keyturn');

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
