import { expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/index.ts';
import { summarizePolicy } from '../../src/assess/policy.ts';
import { finding } from '../../src/model/finding.ts';
import { textByName } from '../../src/model/text.ts';
import { candidateOf } from '../report/fixture.ts';
import { ACCOUNT, arnOf } from '../support/facts.ts';

const hostile = JSON.parse('{"__proto__": "mine", "constructor": "too", "toString": "three"}');

it('text by name keeps every name, and takes only texts', () => {
  expect(Object.entries(textByName.parse(hostile))).toEqual(Object.entries(hostile));
  expect(textByName.parse({ a: '\ud800' })).toEqual({ a: '\ufffd' });
  for (const odd of [null, [], 'text', { a: 1 }, { a: null }])
    expect(textByName.safeParse(odd).success).toBe(false);
});

it('a finding keeps a tag with the key __proto__ through the store', () => {
  const stored = finding.parse(JSON.parse(JSON.stringify({ ...candidateOf(1), tags: hostile })));
  expect(JSON.stringify(stored.tags)).toBe(JSON.stringify(hostile));
});

it('a kind of principal or a condition key with that name is read as any other', () => {
  const Statement = JSON.parse(
    `[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:root","__proto__":"x"},"Action":"kms:*",
      "Condition":{"StringEquals":{"__proto__":"x"}}}]`,
  );
  expect(summarizePolicy(JSON.stringify({ Statement }), ACCOUNT)).toMatchObject({
    delegatesToAccount: false,
    delegationDependsOn: ['__proto__'],
  });
});

it('the sandbox keeps it in its settings', async () => {
  const sandbox = await startSandbox({ keys: [{ region: 'eu-central-1', keyId: 'k', tags: hostile }] });
  try {
    const [key] = sandbox.keys({ account: ACCOUNT, region: 'eu-central-1' });
    expect(key?.arn).toBe(arnOf('k'));
    expect(Object.keys(key?.tags ?? {})).toEqual(Object.keys(hostile));
  } finally {
    await sandbox.close();
  }
});
