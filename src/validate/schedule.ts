import type { Outcome } from '../model/outcome.ts';

const DAY_MS = 86_400_000;
/**
 * KMS counts the period from the change, or from the last automatic rotation (kms-facts §4, §13.10). Two days cover its
 * rounding, and a due rotation that happens a little late.
 */
export const TOLERANCE_DAYS = 2;
const TOLERANCE_MS = TOLERANCE_DAYS * DAY_MS;

/** From one time to another, both included, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * When a change took effect. If its answer was lost, it may have been at any time since its announcement.
 * @returns undefined if the change has no end
 */
export function changeSpan({ proof, intendedAt, finishedAt }: Outcome): Span | undefined {
  if (finishedAt === undefined) return undefined;
  const from = proof === 'presumed' ? (intendedAt ?? finishedAt) : finishedAt;
  return { from: Date.parse(from), to: Date.parse(finishedAt) };
}

/** Whether enough time has passed since a change for an automatic rotation to have happened. @param now ISO 8601 */
export function mayHaveRotated(outcome: Outcome, now: string): boolean {
  const changed = changeSpan(outcome);
  return changed !== undefined && Date.parse(now) >= changed.from + periodMs(outcome) - TOLERANCE_MS;
}

/**
 * The automatic rotations that followed a change, in order: one on demand moves no date (kms-facts §4), and the first
 * automatic one follows 90 days later at the earliest.
 */
export function automaticSince(
  outcome: Outcome,
  rotations: readonly { readonly RotationType: string; readonly RotationDate: string }[],
): string[] {
  const changedAt = changeSpan(outcome)?.from ?? Number.POSITIVE_INFINITY;
  const isSince = (date: string) => Date.parse(date) > changedAt + TOLERANCE_MS;
  return rotations
    .filter((each) => each.RotationType === 'AUTOMATIC' && isSince(each.RotationDate))
    .map((each) => each.RotationDate)
    .sort((a, b) => Date.parse(a) - Date.parse(b));
}

/**
 * The dates that a key may give for its next rotation, without those that have passed: none means that a rotation is
 * overdue. Two facts that are read one after the other may differ on a rotation that takes place meanwhile.
 *
 * @param rotations the automatic ones since the change; undefined if they are not known, so that any number may have happened
 * @param now milliseconds
 */
export function nextDates(
  outcome: Outcome,
  changed: Span,
  rotations: readonly string[] | undefined,
  now: number,
): Span[] {
  const period = periodMs(outcome);
  const after = (span: Span, periods = 1) => ({
    from: span.from + periods * period,
    to: span.to + periods * period,
  });
  const isNow = (span: Span) => isWithin(now, span);
  const anchors = [changed, ...(rotations ?? []).map((date) => at(Date.parse(date)))];
  const last = anchors.at(-1) ?? changed;
  const previous = anchors.at(-2);
  const due = rotations
    ? [
        ...(previous && isNow(last) ? [after(previous)] : []),
        after(last),
        ...(isNow(after(last)) ? [after(last, 2)] : []),
      ]
    : latticeFrom(changed, after, now);
  return due.filter(({ to }) => to + TOLERANCE_MS >= now);
}

/** Change + n periods, for each n that may be the next one. */
function latticeFrom(changed: Span, after: (span: Span, periods: number) => Span, now: number): Span[] {
  const spans: Span[] = [];
  for (let periods = 1; ; periods++) {
    spans.push(after(changed, periods));
    if (!(after(changed, periods).from - TOLERANCE_MS <= now)) return spans;
  }
}

/** When a rotation should have happened that has not. */
export const overdueSince = (outcome: Outcome, changed: Span, rotations: readonly string[] = []): Span => {
  const last = rotations.at(-1);
  const { from, to } = last === undefined ? changed : at(Date.parse(last));
  return { from: from + periodMs(outcome), to: to + periodMs(outcome) };
};

export const isWithin = (time: number, { from, to }: Span): boolean =>
  from - TOLERANCE_MS <= time && time <= to + TOLERANCE_MS;

const at = (time: number): Span => ({ from: time, to: time });

const periodMs = ({ RotationPeriodInDays }: Outcome) => RotationPeriodInDays * DAY_MS;

/** `2027-11-22 ± 2 days`, or both ends of a span. */
export function describeSpan({ from, to }: Span): string {
  const days = new Set([from, to].map((time) => new Date(time).toISOString().slice(0, 10)));
  return `${[...days].join(' to ')} ± ${TOLERANCE_DAYS} days`;
}
