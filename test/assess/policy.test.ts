import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarizePolicy } from '../../src/assess/policy.ts';
import { ACCOUNT } from '../support/facts.ts';

const root = `arn:aws:iam::${ACCOUNT}:root`;
const role = `arn:aws:iam::${ACCOUNT}:role/KeyAdmin`;
const stranger = 'arn:aws:iam::999988887777:role/Reader';
const sum = (...Statement: object[]) =>
  summarizePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), ACCOUNT);
const allow = (AWS: string | string[], Action: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS },
  Action,
  Resource: '*',
  ...more,
});

describe('the summary of a key policy', () => {
  it('says that the default policy delegates to the account', () => {
    expect(sum(allow(root, 'kms:*'))).toEqual({
      administrators: [root],
      users: [root],
      delegatesToAccount: true,
      openTo: [],
    });
  });

  it('says that a policy which names roles alone does not delegate', () => {
    const summary = sum(allow(role, ['kms:Put*', 'kms:Enable*']), allow(stranger, 'kms:Decrypt'));
    expect(summary).toEqual({
      administrators: [role],
      users: [stranger],
      delegatesToAccount: false,
      openTo: [{ principal: stranger, conditional: false }],
    });
  });

  it('takes a bare account number for the account', () => {
    expect(sum(allow(ACCOUNT, 'KMS:enablekeyrotation'))?.delegatesToAccount).toBe(true);
  });

  it('counts no Deny as a grant, and a NotAction as all the rest', () => {
    expect(sum({ ...allow(root, 'kms:*'), Effect: 'Deny' })).toEqual({
      administrators: [],
      users: [],
      delegatesToAccount: false,
      openTo: [],
    });
    const { Action, ...all } = allow(root, '');
    expect(sum({ ...all, NotAction: 'kms:ScheduleKeyDeletion' })?.delegatesToAccount).toBe(true);
    expect(sum({ ...all, NotAction: 'kms:*' })?.delegatesToAccount).toBe(false);
  });

  it('says that everybody is let in, and whether a condition narrows it', () => {
    expect(sum(allow('*', 'kms:Decrypt'))?.openTo).toEqual([{ principal: '*', conditional: false }]);
    const narrowed = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } };
    expect(sum(allow('*', 'kms:Decrypt', narrowed))?.openTo).toEqual([{ principal: '*', conditional: true }]);
    const [unconditional] = sum(allow('*', 'kms:Decrypt', narrowed), allow('*', 'kms:Encrypt'))?.openTo ?? [];
    expect(unconditional?.conditional).toBe(false);
  });

  it("does not call a policy open that AWS's services bind to the account", () => {
    const bound = { Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 's3' } } };
    expect(sum(allow('*', 'kms:Decrypt', bound))).toMatchObject({ openTo: [], users: [ACCOUNT] });
    const other = { Condition: { StringEquals: { 'kms:CallerAccount': '999988887777' } } };
    expect(sum(allow('*', 'kms:Decrypt', other))?.openTo).toHaveLength(1);
  });

  it('treats NotPrincipal as everybody', () => {
    const { Principal, ...rest } = allow('', 'kms:Decrypt');
    expect(sum({ ...rest, NotPrincipal: { AWS: root } })?.openTo).toEqual([
      { principal: '*', conditional: false },
    ]);
  });

  it('is none for what is no policy', () => {
    for (const odd of ['', 'nonsense', '[]', '{}', '{"Statement":[{"Effect":1}]}']) {
      expect(summarizePolicy(odd, ACCOUNT)).toBeUndefined();
    }
  });

  it('never throws, whatever the document', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (policy) => {
        summarizePolicy(policy, ACCOUNT);
      }),
    );
  });

  it('is not slowed down by a wall of wildcards', () => {
    const begun = performance.now();
    sum(allow(root, `kms:${'*a'.repeat(200)}`));
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
