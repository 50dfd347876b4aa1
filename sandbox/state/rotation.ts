import { DAY_MS } from '../clock.ts';

/** What EnableKeyRotation and DisableKeyRotation set. */
export interface RotationSetting {
  readonly enabled: boolean;
  readonly periodInDays: number;
  readonly nextAt: number;
}

/** One completed or running rotation of the key material. */
export interface MaterialRotation {
  readonly type: 'AUTOMATIC' | 'ON_DEMAND';
  readonly startedAt: number;
  readonly endsAt: number;
}

interface Change {
  readonly from: number;
  readonly setting: RotationSetting;
}

const OFF: RotationSetting = { enabled: false, periodInDays: 365, nextAt: 0 };

/**
 * The rotation of a key, or of a multi-Region family: a property shared by the primary and its replicas.
 * It remembers past settings because a reader may still be shown an old one (kms-facts §3, consistency).
 */
export class Rotation {
  readonly material: MaterialRotation[] = [];
  #changes: Change[] = [{ from: Number.NEGATIVE_INFINITY, setting: OFF }];

  /** The setting in force, whatever a reader is shown. */
  get setting(): RotationSetting {
    return this.#changes.at(-1)?.setting ?? OFF;
  }

  /** The setting shown to a reader who sees every change `delayMs` late. */
  shown(now: number, delayMs: number): RotationSetting {
    return this.#changes.findLast((change) => change.from + delayMs <= now)?.setting ?? this.#first();
  }

  enable(now: number, periodInDays: number, nextAt = now + periodInDays * DAY_MS): void {
    this.#change(now, { enabled: true, periodInDays, nextAt });
  }

  disable(now: number): void {
    this.#change(now, { ...this.setting, enabled: false });
  }

  /** Begins with this setting: nobody is shown an earlier one. */
  start(periodInDays: number, nextAt: number): void {
    this.#changes = [{ from: Number.NEGATIVE_INFINITY, setting: { enabled: true, periodInDays, nextAt } }];
  }

  /** Performs the automatic rotations that have become due, each `lateMs` after its date (kms-facts §4). */
  advance(now: number, lateMs: number): void {
    const { enabled, periodInDays, nextAt } = this.setting;
    if (!enabled) return;
    let due = nextAt;
    for (; due + lateMs <= now; due += lateMs + periodInDays * DAY_MS) this.#rotated(due + lateMs);
    if (due !== nextAt) this.#reschedule(due);
  }

  /** A date missed while the key was disabled: one rotation at once, then a new period (kms-facts §4). */
  catchUp(now: number): void {
    const { enabled, periodInDays, nextAt } = this.setting;
    if (!enabled || nextAt > now) return;
    this.#rotated(now);
    this.#reschedule(now + periodInDays * DAY_MS);
  }

  #rotated(at: number): void {
    this.material.push({ type: 'AUTOMATIC', startedAt: at, endsAt: at });
  }

  #reschedule(nextAt: number): void {
    const last = this.#changes.pop();
    if (last) this.#changes.push({ from: last.from, setting: { ...last.setting, nextAt } });
  }

  #change(from: number, setting: RotationSetting): void {
    this.#changes.push({ from, setting });
  }

  #first(): RotationSetting {
    return this.#changes[0]?.setting ?? OFF;
  }
}
