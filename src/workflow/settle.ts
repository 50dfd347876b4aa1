import type { Failure } from '../model/failure.ts';
import type { RotationStatus } from '../model/key-facts.ts';
import type { Clock, KmsPlace } from './ports.ts';

export type Settled =
  | { readonly kind: 'on'; readonly at: string; readonly status: RotationStatus }
  | { readonly kind: 'off'; readonly at: string }
  | { readonly kind: 'unreadable'; readonly failure: Failure };

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * Reads a key's rotation back until it is on, or until `settleMs` have passed and it still reads as off: KMS is
 * eventually consistent, so an early "off" proves nothing (kms-facts §3).
 */
export async function settle(
  kms: KmsPlace,
  clock: Clock,
  keyArn: string,
  settleMs: number,
  signal?: AbortSignal,
): Promise<Settled> {
  const deadline = clock.now().getTime() + settleMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const begun = clock.now().getTime();
    const answer = await kms.getKeyRotationStatus(keyArn);
    if (answer.ok && answer.value.KeyRotationEnabled)
      return { kind: 'on', at: answer.at, status: answer.value };
    if (begun >= deadline) {
      return answer.ok ? { kind: 'off', at: answer.at } : { kind: 'unreadable', failure: answer.failure };
    }
    await clock.sleep(Math.max(1, Math.min(pause, deadline - clock.now().getTime())), signal);
  }
}
