import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfirmationAnswer, FindingsAnswer } from '../../src/web/shapes.ts';
import { enter, openWorld } from './world.ts';

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-west-2', 'nowhere'];
const filters = fc.record({
  operation: fc.constantFrom('and', 'or'),
  tokens: fc.array(
    fc.oneof(
      fc.record({
        property: fc.constant('region'),
        operator: fc.constantFrom('=', '!=', ':', '^'),
        value: fc.constantFrom(...REGIONS),
      }),
      fc.record({
        property: fc.constant('decision'),
        operator: fc.constantFrom('=', '!='),
        value: fc.constantFrom('undecided', 'approve', 'decline'),
      }),
      fc.record({
        property: fc.constant('selected'),
        operator: fc.constant('='),
        value: fc.constantFrom('yes', 'no'),
      }),
      fc.record({ operator: fc.constant(':'), value: fc.constantFrom('ledger', 'web', 'rsa', '1') }),
    ),
    { maxLength: 3 },
  ),
});
const on = fc.boolean();
const steps = fc.oneof(
  fc.record({ do: fc.constant('matching' as const), on, filter: filters }),
  fc.record({ do: fc.constant('keys' as const), on, picks: fc.array(fc.nat(99), { maxLength: 12 }) }),
  fc.record({ do: fc.constant('look' as const), filter: filters }),
  fc.record({
    do: fc.constant('propose' as const),
    decision: fc.constantFrom('approve', 'decline', 'defer'),
  }),
  fc.record({ do: fc.constant('confirm' as const), which: fc.nat(3), off: fc.constantFrom(0, 0, 0, 1) }),
);

describe('whatever is filtered, selected and decided', () => {
  it('no key is decided on that was not shown as selected when the number was typed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 3, maxLength: 25 }), async (sequence) => {
        const world = await openWorld({ keys: 30 });
        const browser = await enter(world);
        const { store, rollout } = world;
        const { selection } = await browser.openSelection();
        const every = await browser.list({ size: 200 });
        const proposed: { shown: ConfirmationAnswer; keyArns: string[]; decision: string }[] = [];
        const submitted: string[][] = [];
        for (const step of sequence) {
          if (step.do === 'matching') {
            await browser.select(selection, { kind: 'matching', on: step.on, filter: step.filter });
          } else if (step.do === 'keys') {
            const keyArns = step.picks.flatMap((pick) => every.findings[pick]?.keyArn ?? []);
            await browser.select(selection, { kind: 'keys', on: step.on, keyArns });
          } else if (step.do === 'look') {
            await browser.list({ filter: step.filter, selection });
          } else if (step.do === 'propose') {
            // What a person sees ticked, over all pages, is what the last step is about.
            const ticked = (await browser.list({ size: 200, selection })).findings.filter(
              ({ selected }) => selected,
            );
            const answer = await browser.post('/api/confirmations', {
              selection,
              decision: step.decision,
              reason: 'why',
            });
            if (answer.status !== 201) {
              expect(ticked).toEqual([]);
              continue;
            }
            const shown = (await answer.json()) as ConfirmationAnswer;
            const listed = (await (
              await browser.get(`/api/confirmations/${shown.confirmation}/findings?size=200`)
            ).json()) as FindingsAnswer;
            const keyArns = listed.findings.map(({ keyArn }) => keyArn);
            expect(keyArns).toEqual(ticked.map(({ keyArn }) => keyArn));
            expect(shown.keys).toBe(keyArns.length);
            proposed.push({ shown, keyArns, decision: step.decision });
          } else {
            const found = proposed[step.which];
            if (!found) continue;
            const typed = String(found.shown.keys + step.off);
            const answer = await browser.post(`/api/confirmations/${found.shown.confirmation}`, { typed });
            if (answer.status === 201) submitted.push(found.keyArns.map((arn) => `${arn} ${found.decision}`));
          }
        }
        const recorded: string[][] = [];
        for (const { id } of await store.approvals(rollout.id)) {
          const decided = await Array.fromAsync(store.submittedDecisions(rollout.id, id));
          recorded.push(decided.map(({ decision }) => `${decision.keyArn} ${decision.choice}`));
        }
        expect(recorded).toEqual(submitted);
        const candidates = new Set(
          every.findings.filter(({ finding }) => finding === 'candidate').map(({ keyArn }) => keyArn),
        );
        for (const each of recorded.flat()) expect(candidates).toContain(each.split(' ')[0]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
