import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configurePrincipals } from '../../src/assess/configure-principals.ts';
import { summarizePolicy } from '../../src/assess/policy.ts';
import type { EnableCall } from '../../src/assess/policy-access.ts';
import { matches } from '../../src/assess/policy-document.ts';
import { ACCOUNT, arnOf, REGION, SYMMETRIC } from '../support/facts.ts';

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

const USE = ['kms:Encrypt', 'kms:Decrypt'];
const callBy = (principal: string, isSure = true): EnableCall => ({
  keyArn: arnOf('k'),
  account: ACCOUNT,
  region: REGION,
  RotationPeriodInDays: 365,
  metadata: SYMMETRIC,
  principals: [principal],
  isSure,
});
const configureRole = `arn:aws:iam::${ACCOUNT}:role/keyturn-configure`;
const when = (Condition: object) => ({ Condition });
const deny = (AWS: string | string[], Action: string, more: object = {}) => ({
  ...allow(AWS, Action, more),
  Effect: 'Deny',
});
const ENABLE = 'kms:EnableKeyRotation';

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

  it('reads booleans and numbers without quotes, and names in any case', () => {
    const odd = {
      effect: 'Allow',
      PRINCIPAL: { aws: root },
      action: ['KMS:*'],
      Resource: '*',
      condition: {
        Bool: { 'aws:SecureTransport': true },
        NumericLessThan: { 'kms:RotationPeriodInDays': [400] },
      },
    };
    expect(summarizePolicy(JSON.stringify({ statement: odd }), ACCOUNT, callBy(role))).toMatchObject({
      administrators: [root],
      delegatesToAccount: true,
      enableKeyRotation: { access: 'delegated' },
    });
  });

  it('counts services, federated users and canonical users among those who may use the key', () => {
    const service = {
      Service: ['logs.eu-central-1.amazonaws.com'],
      Federated: 'cognito-identity.amazonaws.com',
      CanonicalUser: 'c0ffee',
    };
    expect(sum(allow(root, 'kms:*'), { ...allow('', USE), Principal: service })?.users).toEqual([
      root,
      'c0ffee',
      'cognito-identity.amazonaws.com',
      'logs.eu-central-1.amazonaws.com',
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
    const call = callBy(configureRole);
    summarizePolicy(
      JSON.stringify({ Statement: [{ ...allow(root, '*'), Resource: `arn:${'*?'.repeat(30)}!` }] }),
      ACCOUNT,
      call,
    );
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it.each([
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
    ['kms:*', 'kms:', true],
    ['kms:*Key*', 'KMS:EnableKeyRotation', true],
    ['kms:*Key', 'kms:KeyKeyRotation', false],
    ['*ab', 'aab', true],
    ['a?c*', 'abc', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('takes %j for %j: %s', (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });
});

describe('whether the key policy lets the configure role turn rotation on', () => {
  const accessOf = (statements: readonly object[], call = callBy(configureRole)) =>
    summarizePolicy(JSON.stringify({ Statement: statements }), ACCOUNT, call);
  const other = 'arn:aws:iam::111122223333:role/other';

  it.each<[string, object[], string, boolean]>([
    ['the default policy', [allow(root, 'kms:*')], 'delegated', true],
    ['no statement for it', [allow(role, 'kms:*')], 'refused', false],
    ['no statement at all', [], 'refused', false],
    ['the role itself', [allow(configureRole, ENABLE)], 'allowed', false],
    ['the role with a path', [allow(configureRole.replace('role/', 'role/ops/'), ENABLE)], 'allowed', false],
    [
      'one session of the role',
      [allow(`arn:aws:sts::${ACCOUNT}:assumed-role/keyturn-configure/x`, ENABLE)],
      'refused',
      false,
    ],
    [
      'the role in another account',
      [allow('arn:aws:iam::999988887777:role/keyturn-configure', ENABLE)],
      'refused',
      false,
    ],
    [
      'everybody of the account',
      [allow('*', 'kms:*', when({ StringEquals: { 'kms:CallerAccount': ACCOUNT } }))],
      'allowed',
      true,
    ],
    [
      'everybody of another',
      [allow('*', 'kms:*', when({ StringEquals: { 'kms:CallerAccount': '999988887777' } }))],
      'refused',
      false,
    ],
    [
      'a service alone',
      [allow(root, 'kms:*', when({ StringEquals: { 'kms:ViaService': 's3' } }))],
      'refused',
      false,
    ],
    ['a Deny for the account', [allow(root, 'kms:*'), deny(root, ENABLE)], 'refused', false],
    ['a Deny for everybody', [allow(configureRole, 'kms:*'), deny('*', 'kms:Enable*')], 'refused', false],
    ['a Deny for another role', [allow(root, 'kms:*'), deny(other, ENABLE)], 'delegated', true],
    [
      'a Deny of other actions',
      [allow(root, 'kms:*'), deny('*', 'kms:ScheduleKeyDeletion')],
      'delegated',
      true,
    ],
    [
      'a Deny without transport security',
      [allow(root, 'kms:*'), deny('*', 'kms:*', when({ Bool: { 'aws:SecureTransport': 'false' } }))],
      'delegated',
      true,
    ],
    [
      'a Deny via services',
      [allow(root, 'kms:*'), deny('*', 'kms:*', when({ StringLike: { 'kms:ViaService': '*' } }))],
      'delegated',
      true,
    ],
    [
      'a Deny of direct calls',
      [allow(root, 'kms:*'), deny('*', ENABLE, when({ Null: { 'kms:ViaService': 'true' } }))],
      'refused',
      false,
    ],
    [
      'a Deny of other periods',
      [
        allow(root, 'kms:*'),
        deny('*', ENABLE, when({ NumericNotEquals: { 'kms:RotationPeriodInDays': '365' } })),
      ],
      'delegated',
      true,
    ],
    [
      'a Deny of this period',
      [
        allow(root, 'kms:*'),
        deny('*', ENABLE, when({ NumericGreaterThan: { 'kms:RotationPeriodInDays': 180 } })),
      ],
      'refused',
      false,
    ],
    [
      'a Deny but for the role',
      [
        allow(root, 'kms:*'),
        deny('*', ENABLE, when({ ArnNotLike: { 'aws:PrincipalArn': '*:role/keyturn-*' } })),
      ],
      'delegated',
      false,
    ],
    [
      'a Deny outside the organization',
      [allow(root, 'kms:*'), deny('*', 'kms:*', when({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }))],
      'conditional',
      false,
    ],
    [
      'a tag of the caller',
      [allow(root, 'kms:*', when({ StringEquals: { 'aws:PrincipalTag/a': 'b' } }))],
      'conditional',
      false,
    ],
    [
      'a key of this type',
      [allow(root, 'kms:*', when({ StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' } }))],
      'delegated',
      true,
    ],
    [
      'no replica',
      [allow(root, 'kms:*', when({ StringNotEquals: { 'kms:MultiRegionKeyType': 'REPLICA' } }))],
      'delegated',
      true,
    ],
    [
      'primaries',
      [allow(root, 'kms:*', when({ StringEquals: { 'kms:MultiRegionKeyType': 'PRIMARY' } }))],
      'refused',
      false,
    ],
    [
      'primaries if they are any',
      [allow(root, 'kms:*', when({ StringEqualsIfExists: { 'kms:MultiRegionKeyType': 'PRIMARY' } }))],
      'delegated',
      true,
    ],
    [
      'any value of a set',
      [allow(root, 'kms:*', when({ 'ForAnyValue:StringLike': { 'kms:CallerAccount': '1111*' } }))],
      'delegated',
      true,
    ],
    [
      'an operator that is not known',
      [allow(root, 'kms:*', when({ StringSoundsLike: { 'kms:CallerAccount': ACCOUNT } }))],
      'conditional',
      false,
    ],
    [
      'NotPrincipal with the role',
      [{ ...allow('', 'kms:*'), Principal: undefined, NotPrincipal: { AWS: configureRole } }],
      'refused',
      true,
    ],
    ['another key', [{ ...allow(root, 'kms:*'), Resource: arnOf('another') }], 'refused', false],
    ['NotAction', [{ ...allow(root, ''), Action: undefined, NotAction: ['kms:Delete*'] }], 'delegated', true],
  ])('%s', (_, statements, access, delegates) => {
    const summary = accessOf(statements);
    expect([summary?.enableKeyRotation?.access, summary?.delegatesToAccount]).toEqual([access, delegates]);
  });

  it('names the conditions that it depends on', () => {
    const viaService = accessOf([allow(root, 'kms:*', when({ StringEquals: { 'kms:ViaService': 's3' } }))]);
    expect(viaService).toMatchObject({
      delegatesToAccount: false,
      delegationDependsOn: ['kms:ViaService'],
      enableKeyRotation: { access: 'refused', dependsOn: ['kms:ViaService'] },
    });
    const tagged = when({
      StringEquals: { 'aws:PrincipalTag/a': 'b', 'kms:CallerAccount': ACCOUNT },
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    });
    expect(accessOf([allow(root, 'kms:*', tagged)])?.enableKeyRotation).toEqual({
      access: 'conditional',
      principal: configureRole,
      dependsOn: ['aws:PrincipalTag/a', 'aws:SourceIp'],
    });
  });

  it('names who may instead, as long as nobody has said who configures', () => {
    const call = callBy(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/me`, false);
    expect(accessOf([allow(role, 'kms:*'), allow(stranger, 'kms:*')], call)?.enableKeyRotation).toEqual({
      access: 'conditional',
      principals: [role],
    });
    expect(accessOf([allow(stranger, 'kms:*')], call)?.enableKeyRotation).toEqual({ access: 'refused' });
    const reader = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso/reader`;
    expect(accessOf([allow(reader, 'kms:*')], call)?.enableKeyRotation).toEqual({ access: 'allowed' });
  });
});

describe('who is to configure', () => {
  const callerArn = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/me`;
  it.each([
    [{ callerArn, roles: { assess: 'a', configure: 'change' } }, '999988887777', ['role/change'], true],
    [
      { callerArn, roles: { assess: 'a', configure: 'change' } },
      ACCOUNT,
      ['reader/me', 'role/change'],
      false,
    ],
    [{ callerArn }, ACCOUNT, ['reader/me', 'role/keyturn-configure'], false],
    [{ callerArn }, '999988887777', ['role/keyturn-configure'], false],
  ] as const)('%o in %s', (rollout, account, ends, isSure) => {
    const who = configurePrincipals(rollout, account, 'aws');
    expect(who.isSure).toBe(isSure);
    expect(who.principals.map((each, n) => each.endsWith(ends[n] ?? 'none'))).toEqual(ends.map(() => true));
  });
});
