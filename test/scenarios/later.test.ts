import { expect, it } from 'vitest';
import { candidates, EXIT, enableCalls, startJourney, until } from '../support/journey.ts';
import { later } from '../support/later.ts';

const DAY_MS = 86_400_000;

it('a change that a killed process made is confirmed when somebody goes on five days later', async () => {
  const { assess, run, runWith, start, sandbox, outcomes, verdicts } = await startJourney({
    keys: candidates(3),
  });
  await assess();
  await run('approve', '--all');
  sandbox.configure({ latency: { operations: { EnableKeyRotation: 3000 } } });
  const first = start('configure');
  await until(() => enableCalls(sandbox).length > 0, 'a change is made');
  first.child.kill('SIGKILL');
  await first.ended;
  const made = enableCalls(sandbox).map(({ keyArn }) => keyArn);
  sandbox.configure({ latency: null, clockOffsetMs: 5 * DAY_MS });
  const env = later(5 * DAY_MS);
  expect((await runWith(env, 'configure', '--json', '--settle', '2s')).json()).toMatchObject({
    outcomes: { applied: 3 },
  });
  expect(enableCalls(sandbox)).toHaveLength(3);
  const presumed = (await outcomes()).filter(({ proof }) => proof === 'presumed');
  expect(presumed.map(({ keyArn }) => keyArn).sort()).toEqual(made.sort());
  const { code, json } = await runWith(env, 'validate', '--json', '--wait', '1s');
  expect({
    ...json<object>(),
    verdicts: (await verdicts()).flatMap(({ differences }) => differences),
  }).toMatchObject({
    confirmed: 3,
    verdicts: [],
  });
  expect(code).toBe(EXIT.done);
});

it.each([
  ['a year', 367, []],
  ['three years', 1100, []],
  ['three years, without the right to list rotations', 1100, ['ListKeyRotations']],
] as const)('a change still holds %s later', async (_, days, denied) => {
  const { assess, run, runWith, sandbox } = await startJourney({ keys: candidates(2) });
  await assess();
  await run('approve', '--all');
  expect((await run('configure', '--quiet')).code).toBe(EXIT.done);
  sandbox.configure({
    clockOffsetMs: days * DAY_MS,
    deny: denied.map((operation) => ({ operation })),
  });
  const env = later(days * DAY_MS);
  const { code, json } = await runWith(env, 'validate', '--json', '--wait', '1s');
  expect([code, json()]).toMatchObject([EXIT.done, { confirmed: 2, discrepant: 0 }]);
  const rotations = (await runWith(env, 'list', 'verdicts', '--json')).lines<{ rotations: unknown }>();
  expect(rotations.map((each) => each.rotations)).toMatchObject(
    denied.length > 0
      ? [{ kind: 'unreadable' }, { kind: 'unreadable' }]
      : [
          { kind: 'read', automatic: Math.floor(days / 365) },
          { kind: 'read', automatic: Math.floor(days / 365) },
        ],
  );
  const shown = (await runWith(env, 'validate', '--wait', '1s')).stdout;
  expect(shown.includes('rotations not read: AccessDeniedException')).toBe(denied.length > 0);
});
