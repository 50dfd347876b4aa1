import { describe, expect, it } from 'vitest';
import { adviseDenial, parseDenial } from '../../src/model/denial.ts';

const SCP_ARN =
  'arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid123';
const ROLE = 'arn:aws:sts::123456789012:assumed-role/keyturn-assess/keyturn-1';
const said = (action: string, because: string, resource = '*') =>
  `User: ${ROLE} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
const place = { account: '123456789012', region: 'eu-west-3' };

/** The forms of the page troubleshoot_access-denied of the IAM user guide (kms-facts §13.5). */
const EXPLICIT = [
  [
    'an identity-based policy',
    'identity-based policy',
    /^Take kms:ListKeys out of the Deny in the identity-based policy/,
  ],
  [
    'a resource-based policy',
    'resource-based policy',
    /^Take kms:ListKeys out of the Deny in the key policy/,
  ],
  ['a permissions boundary', 'permissions boundary', /^Take kms:ListKeys out of .* permissions boundary/],
  ['a session policy', 'session policy', /^Take kms:ListKeys out of .* session policy/],
  ['a service control policy', 'service control policy', /--exclude-region eu-west-3/],
  ['a resource control policy', 'resource control policy', /^Have the resource control policy exempt/],
  [
    'a VPC endpoint policy',
    'VPC endpoint policy',
    /VPC endpoint policy of the endpoint for kms in eu-west-3/,
  ],
  ['the role trust policy', 'role trust policy', /Deny in/],
] as const;

describe('a denial', () => {
  it.each(EXPLICIT)(
    'in %s is read as one in a %s, and no IAM policy is advised to allow it',
    (words, policy, fix) => {
      const failure = {
        operation: 'ListKeys',
        message: said('kms:ListKeys', `with an explicit deny in ${words}`),
      };
      expect(parseDenial(failure)).toEqual({ action: 'kms:ListKeys', policy, explicit: true });
      const advice = adviseDenial(failure, place);
      expect(advice).toMatch(fix);
      expect(advice).not.toMatch(/^Allow|Allow kms/);
    },
  );

  it.each(EXPLICIT)('for want of %s that allows it is advised to be allowed there', (_, policy) => {
    const message = said(
      'kms:EnableKeyRotation',
      `because no ${policy} allows the kms:EnableKeyRotation action`,
    );
    const failure = { operation: 'EnableKeyRotation', message };
    expect(parseDenial(failure)).toEqual({ action: 'kms:EnableKeyRotation', policy, explicit: false });
    expect(adviseDenial(failure, place)).toMatch(/^Allow kms:EnableKeyRotation in /);
  });

  it('names the policy where AWS does', () => {
    const message = said('kms:ListKeys', `with an explicit deny in a service control policy: ${SCP_ARN}`);
    expect(parseDenial({ operation: 'ListKeys', message }).policyArn).toBe(SCP_ARN);
    expect(adviseDenial({ operation: 'ListKeys', message }, place)).toContain(
      `service control policy ${SCP_ARN}`,
    );
  });

  it.each([
    [
      'sts:AssumeRole',
      'because no role trust policy allows the sts:AssumeRole action',
      /trust policy of the role allow sts:AssumeRole/,
    ],
    ['sts:AssumeRole', 'with an explicit deny in a service control policy', /--exclude-account 123456789012/],
    ['sts:AssumeRole', '', /^Deploy the role in account 123456789012, let it trust/],
    ['sts:SetSourceIdentity', '', /allow sts:SetSourceIdentity/],
  ])('of %s "%s" fits a role', (action, because, fix) => {
    const failure = { operation: 'AssumeRole', message: said(action, because) };
    expect(adviseDenial(failure, { ...place, region: '*' })).toMatch(fix);
  });

  it.each([
    ['ListKeys', 'kms:ListKeys'],
    ['DescribeKey', 'kms:DescribeKey'],
    ['AssumeRole', 'sts:AssumeRole'],
    ['ListRegions', 'account:ListRegions'],
    ['ListAccounts', 'organizations:ListAccounts'],
    ['ListAccountsForParent', 'organizations:ListAccountsForParent'],
    ['ListOrganizationalUnitsForParent', 'organizations:ListOrganizationalUnitsForParent'],
  ])('of %s without a message names %s', (operation, action) => {
    expect(parseDenial({ operation, message: '' })).toEqual({ action, explicit: false });
    expect(adviseDenial({ operation, message: '' }, place)).toContain(action);
  });

  it('takes nothing else out of a message that anybody wrote', () => {
    const message = said(
      'kms:\u001b[31mList',
      'with an explicit deny in a service control policy: arn:x\u001b[0m<b>',
    );
    const { action, policyArn } = parseDenial({ operation: 'ListKeys', message });
    expect([action, policyArn]).toEqual(['kms:ListKeys', 'arn:x']);
  });
});
