import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config/parse.ts';
import {
  parseExternalId,
  parseRoleArn,
  parseRoleName,
  parseSourceIdentity,
} from '../../src/cli/settings/parsers.ts';

const PARSERS = {
  roleName: parseRoleName,
  configureRoleName: parseRoleName,
  externalId: parseExternalId,
  sourceIdentity: parseSourceIdentity,
  organizationRole: parseRoleArn,
};

describe('the options of roles', () => {
  it.each([
    ['roleName', 'keyturn-assess'],
    ['roleName', 'A+=,.@_-9'],
    ['roleName', 'a'.repeat(64)],
    ['externalId', 'a/b:c=d'],
    ['externalId', 'x'.repeat(1224)],
    ['sourceIdentity', 'me@example.com'],
    ['organizationRole', 'arn:aws:iam::111122223333:role/path/lister'],
    ['organizationRole', 'arn:aws-us-gov:iam::111122223333:role/lister'],
  ] as const)('take %s %s', (key, value) => {
    expect(PARSERS[key](value)).toBe(value);
    expect(parseConfig(`${key}: "${value}"`).values[key]).toBe(value);
  });

  it.each([
    ['roleName', 'arn:aws:iam::111122223333:role/x', 'name of the role alone'],
    ['configureRoleName', '/x', 'name of the role alone'],
    ['roleName', 'role/x', 'name of the role alone'],
    ['roleName', '', '1 to 64'],
    ['roleName', 'a b', '1 to 64'],
    ['roleName', 'a'.repeat(65), '1 to 64'],
    ['externalId', '', '2 to 1224'],
    ['externalId', 'x', '2 to 1224'],
    ['externalId', 'a b', '2 to 1224'],
    ['sourceIdentity', 'a/b', '2 to 64'],
    ['sourceIdentity', '', '2 to 64'],
    ['organizationRole', 'lister', 'arn:aws:iam::'],
    ['organizationRole', 'arn:aws:iam::111122223333:user/x', 'arn:aws:iam::'],
  ] as const)('refuse %s "%s" at once, on the command line and in keyturn.yaml', (key, value, said) => {
    expect(() => PARSERS[key](value)).toThrow(InvalidArgumentError);
    expect(() => PARSERS[key](value)).toThrow(said);
    const refused = (() => {
      try {
        return parseConfig(`${key}: "${value}"`);
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({ code: 'input-config', problems: [expect.stringContaining(said)] });
  });
});
