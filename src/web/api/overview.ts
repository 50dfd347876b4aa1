import type { Hono } from 'hono';
import { addCounts } from '../../model/plan.ts';
import { EVERY_KEY } from '../../model/review-words.ts';
import { coverageOf, notSeenText } from '../../report/coverage.ts';
import { statusOf } from '../../workflow/rollout/status.ts';
import type { ReviewHost } from '../host.ts';
import type { LiveStatus, Overview } from '../shapes.ts';

const MAX_UNREACHABLE = 1000;

/** What the page says of the rollout as a whole. */
export function addOverview(app: Hono, host: ReviewHost): void {
  app.get('/api/overview', async (context) => {
    const { store, rollout, approver, version } = host;
    const { planDigest, RotationPeriodInDays, assessedAt, scope } = rollout;
    const unreachable = await store.unreachablePlaces(rollout.id);
    const places = await store.placeCounts(rollout.id);
    return context.json<Overview>({
      status: await readStatus(host),
      planDigest,
      RotationPeriodInDays,
      assessedAt,
      keyturnVersion: version,
      readOnly: approver === undefined,
      signed: approver?.signing !== undefined,
      ...(approver && { submitter: approver.submittedBy.callerArn }),
      ...(scope.filter !== undefined && { filter: scope.filter }),
      refusals: await countRefusals(host),
      counts: addCounts(places),
      notSeen: notSeenText(coverageOf(scope, places, unreachable)),
      unreachableTotal: unreachable.length,
      unreachable: unreachable
        .slice(0, MAX_UNREACHABLE)
        .map(({ account, region, reason }) => ({ account, region, reason })),
    });
  });
}

async function countRefusals({ review }: ReviewHost): Promise<Overview['refusals']> {
  const warned = await review.groups('warning', EVERY_KEY, '');
  const count = (kind: string) => warned.find(({ value }) => value === kind)?.keys ?? 0;
  return { refused: count('refused'), conditional: count('conditional') };
}

/** Where the rollout stands this moment, counted in SQL. */
export async function readStatus(host: ReviewHost): Promise<LiveStatus> {
  const { store, rollout, review, clock } = host;
  const { phase, candidate, outcomes, verdicts, next } = await statusOf(store, rollout, clock.now());
  const decided = await review.groups('decision', EVERY_KEY, '');
  const count = (value: string) => decided.find((each) => each.value === value)?.keys ?? 0;
  return {
    rollout: rollout.id,
    phase,
    candidate,
    outcomes,
    verdicts,
    next,
    nextCommand: host.commandFor(next),
    decisions: {
      approved: count('approve'),
      declined: count('decline'),
      deferred: count('defer'),
      undecided: count('undecided'),
    },
  };
}
