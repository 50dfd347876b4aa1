import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { EXIT, FRANKFURT, startJourney } from '../support/journey.ts';

const ACCOUNT = '111122223333';
const root = `arn:aws:iam::${ACCOUNT}:root`;
const allow = (AWS: string, Condition?: object) => ({
  Statement: [
    { Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*', ...(Condition && { Condition }) },
  ],
});

it('a candidate that configure may not be let to change is pointed out by assess, approve and list', async () => {
  const key = (description: string, policy: Record<string, unknown> | string) => ({
    region: FRANKFURT,
    description,
    policy,
  });
  const { run, findings } = await startJourney({
    keys: [
      key('plain', allow(root)),
      key('everybody', allow('*', { StringEquals: { 'kms:CallerAccount': ACCOUNT } })),
      key('via s3', allow(root, { StringEquals: { 'kms:ViaService': 's3' } })),
      key('admin alone', allow(`arn:aws:iam::${ACCOUNT}:role/Admin`)),
      key('unquoted', JSON.stringify(allow(root, { Bool: { 'aws:MultiFactorAuthPresent': true } }))),
      { region: FRANKFURT, description: 'tagged', tags: JSON.parse('{"__proto__": "kept"}') },
    ],
  });
  const assessed = (await run('assess', '--json', '--region', FRANKFURT)).json<{
    keyPolicyRefusals: object;
  }>();
  expect(assessed.keyPolicyRefusals).toEqual({ refused: 1, conditional: 2 });
  const listed = await findings();
  const warned = listed.map((each) => [each.Description, 'warning' in each]);
  expect(Object.fromEntries(warned)).toEqual({
    plain: false,
    everybody: false,
    'via s3': true,
    'admin alone': true,
    unquoted: true,
    tagged: false,
  });
  expect(JSON.stringify(listed.find(({ Description }) => Description === 'tagged')?.tags)).toBe(
    '{"__proto__":"kept"}',
  );
  const shown = await run('approve', '--all');
  expect(shown.code).toBe(EXIT.done);
  expect(shown.stdout).toContain('Key policies that may refuse the change: 3 (1 probably, 2 perhaps)');
  expect(shown.stdout).toContain(
    `lets only these call kms:EnableKeyRotation, and IAM policies cannot: arn:aws:iam::${ACCOUNT}:role/Admin`,
  );
});

it('a period in a decisions file that is not the plan is refused, and nothing is recorded', async () => {
  const { assess, run, write } = await startJourney({ keys: [{ region: FRANKFURT, description: 'one' }] });
  await assess();
  const csv = (await run('list', 'findings', '--csv')).stdout;
  const [columns = [], cells = []] = parse(csv, { bom: true }) as string[][];
  const fileWith = (period: string) => {
    const filled = cells.map((cell, n) => {
      const given = { proposedRotationPeriodInDays: period, decision: 'approve', reason: 'PCI: 90 days' };
      return Object.entries(given).find(([name]) => name === columns[n])?.[1] ?? cell;
    });
    const lines = [columns, filled].map((line) => line.map((cell) => JSON.stringify(cell)).join(','));
    return write(`${period}.csv`, `${lines.join('\n')}\n`);
  };
  const { code, stderr } = await run('approve', '--from', fileWith('90'));
  expect([code, stderr]).toEqual([EXIT.badInput, expect.stringContaining('line 2')]);
  expect((await run('approve', '--from', fileWith('365'))).code).toBe(EXIT.done);
});
