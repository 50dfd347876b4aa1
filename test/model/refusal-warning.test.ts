import { describe, expect, it } from 'vitest';
import type { RotationAccess } from '../../src/model/key-facts.ts';
import { warnOfRefusal } from '../../src/model/refusal-warning.ts';

const warn = (enableKeyRotation: RotationAccess | undefined, kind: 'candidate' | 'enabled' = 'candidate') =>
  warnOfRefusal({
    kind,
    policy: {
      administrators: [],
      delegatesToAccount: false,
      openTo: [],
      ...(enableKeyRotation && { enableKeyRotation }),
    },
  });

describe('the warning that a key policy may refuse the change', () => {
  it.each<[RotationAccess, string, string]>([
    [{ access: 'refused', principal: 'r' }, 'refused', 'does not let r call'],
    [{ access: 'refused', denied: true }, 'refused', 'denies kms:EnableKeyRotation to the caller'],
    [
      { access: 'refused', dependsOn: ['kms:ViaService'] },
      'refused',
      'directly. The condition is on kms:ViaService',
    ],
    [{ access: 'conditional', principals: ['a', 'b'] }, 'conditional', 'lets only these call'],
    [
      { access: 'conditional', dependsOn: ['aws:SourceIp'] },
      'conditional',
      'under a condition. The condition is on aws:SourceIp',
    ],
    [{ access: 'conditional', denied: true, dependsOn: ['x'] }, 'conditional', 'may deny'],
  ])('%o', (access, kind, reason) => {
    const warning = warn(access);
    expect(warning).toMatchObject({ kind });
    expect(warning?.reason).toContain(reason);
  });

  it('is none for a key that is on, that may be changed, or whose policy was not read', () => {
    expect(warn({ access: 'refused' }, 'enabled')).toBeUndefined();
    expect(warn({ access: 'allowed' })).toBeUndefined();
    expect(warn({ access: 'delegated' })).toBeUndefined();
    expect(warn(undefined)).toBeUndefined();
    expect(warnOfRefusal({ kind: 'candidate' })).toBeUndefined();
  });
});
