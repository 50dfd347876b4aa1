import type { SandboxSettings } from '../settings.ts';

/** How long the answer of an operation takes: its own figure or the default, and up to `jitterMs` more. */
export function latencyOf(
  setting: SandboxSettings['latency'],
  operation: string,
  random: () => number,
): number {
  if (setting === undefined) return 0;
  if (typeof setting === 'number') return setting;
  const { ms = 0, jitterMs = 0 } = setting;
  const operations: Readonly<Record<string, number | undefined>> = setting.operations ?? {};
  return (operations[operation] ?? ms) + (jitterMs > 0 ? random() * jitterMs : 0);
}
