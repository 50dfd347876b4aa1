import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ending, Governor, type Permit, SAME_ERRORS_IN_A_ROW } from '../../src/configure/governor.ts';

const UNBOUNDED = { limit: Number.POSITIVE_INFINITY, maxFailures: Number.POSITIVE_INFINITY };
const denied: Ending = {
  kind: 'failed',
  permanentError: 'EnableKeyRotation: AccessDeniedException',
  called: true,
};

/** Works through `endings` in one place, as many at a time as there is leave for; says how many were begun. */
async function workThrough(
  governor: Governor,
  endings: readonly Ending[],
  settleFirst = false,
): Promise<Ending[]> {
  const begun: Ending[] = [];
  const open: [Permit, Ending][] = [];
  for (const ending of endings) {
    const asked = governor.permit('place');
    // Nobody has ended yet: leave comes at once, or only when something ends.
    let permit = await Promise.race([asked, Promise.resolve('waits' as const)]);
    while (permit === 'waits') {
      const [finished] = open.splice(0, 1);
      finished?.[0].end(finished[1]);
      permit = await Promise.race([
        asked,
        new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits'))),
      ]);
    }
    if (!permit) break;
    if (settleFirst) permit.settling();
    begun.push(ending);
    open.push([permit, ending]);
  }
  for (const [permit, ending] of open) permit.end(ending);
  return begun;
}

const anyEnding: fc.Arbitrary<Ending> = fc.oneof(
  fc.constant<Ending>({ kind: 'changed' }),
  fc.constant<Ending>({ kind: 'untouched' }),
  fc.constant<Ending>({ kind: 'failed', called: true }),
  fc.constant(denied),
  fc.constant<Ending>({ ...denied, permanentError: 'EnableKeyRotation: KMSInvalidStateException' }),
);

describe('the blast radius', () => {
  it('is never overstepped, whatever the work in flight turns out to be', async () => {
    const bounds = fc.record({
      limit: fc.integer({ min: 1, max: 8 }),
      maxFailures: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        bounds,
        fc.array(anyEnding, { maxLength: 40 }),
        fc.boolean(),
        async (radius, endings, settle) => {
          const begun = await workThrough(new Governor(radius), endings, settle);
          const called = begun.filter(
            (each) => each.kind === 'changed' || (each.kind === 'failed' && each.called),
          );
          expect(called.length).toBeLessThanOrEqual(radius.limit);
          expect(begun.filter(({ kind }) => kind === 'failed').length).toBeLessThanOrEqual(
            radius.maxFailures,
          );
        },
      ),
    );
  });

  it('lets everything through where nothing stands against it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 60 }), fc.boolean(), async (count, settle) => {
        const endings = Array.from({ length: count }, (): Ending => ({ kind: 'changed' }));
        expect(await workThrough(new Governor(UNBOUNDED), endings, settle)).toHaveLength(count);
      }),
    );
  });
});

describe('a place', () => {
  it('is stopped by five permanent errors of the same kind in a row, and exactly five', async () => {
    const governor = new Governor(UNBOUNDED);
    const begun = await workThrough(
      governor,
      Array.from({ length: 20 }, () => denied),
    );
    expect(begun).toHaveLength(SAME_ERRORS_IN_A_ROW);
    expect(governor.whyStopped('place')).toContain('AccessDeniedException');
  });

  it('goes on where a success or another error stands between', async () => {
    const governor = new Governor(UNBOUNDED);
    const other: Ending = {
      kind: 'failed',
      permanentError: 'EnableKeyRotation: NotFoundException',
      called: true,
    };
    const endings = [
      denied,
      denied,
      denied,
      denied,
      { kind: 'changed' } as const,
      denied,
      denied,
      denied,
      denied,
      other,
    ];
    expect(await workThrough(governor, endings)).toHaveLength(endings.length);
  });

  it('does not stop another place', async () => {
    const governor = new Governor(UNBOUNDED);
    await workThrough(
      governor,
      Array.from({ length: 20 }, () => denied),
    );
    expect(await governor.permit('elsewhere')).toBeDefined();
  });
});

describe('a stop of the run', () => {
  it('ends the waiting of everybody', async () => {
    const governor = new Governor({ limit: 1, maxFailures: 1 });
    await governor.permit('a');
    const waiting = governor.permit('b');
    governor.stop('credentials');
    expect(await waiting).toBeUndefined();
  });
});
