import { RegionOptStatus } from '@aws-sdk/client-account';
import {
  KeyManagerType,
  KeySpec,
  KeyState,
  KeyUsageType,
  MultiRegionKeyType,
  OriginType,
  RotationType,
} from '@aws-sdk/client-kms';
import { AccountState } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { KEY_SPECS, KEY_STATES, KEY_USAGES, OPT_STATUSES, ORIGINS } from '../../sandbox/settings/names.ts';
import { ACCOUNT_STATES } from '../../sandbox/settings/organization.ts';
import { ASYMMETRIC_SPECS, concludeFinding, HMAC_SPECS, STATE_REASON } from '../../src/assess/eligibility.ts';
import type { KeyMetadata } from '../../src/model/key-facts.ts';
import { factsOf, multiRegion, OFF, read } from '../support/facts.ts';

/*
 * The lists of this repository against those of the installed SDK: what AWS adds is to be noticed here first, and not
 * by a user.
 */

const sorted = (values: Iterable<string>) => [...values].sort();

describe('the lists that are kept', () => {
  it.each([
    ['key specs', ['SYMMETRIC_DEFAULT', ...ASYMMETRIC_SPECS, ...HMAC_SPECS], KeySpec],
    ['key states', ['Enabled', ...Object.keys(STATE_REASON)], KeyState],
    ["the sandbox's key specs", KEY_SPECS, KeySpec],
    ["the sandbox's key usages", KEY_USAGES, KeyUsageType],
    ["the sandbox's key states", KEY_STATES, KeyState],
    ["the sandbox's origins", ORIGINS, OriginType],
    ["the sandbox's states of accounts", ACCOUNT_STATES, AccountState],
    ["the sandbox's statuses of Regions", OPT_STATUSES, RegionOptStatus],
    ["the sandbox's types of rotation", ['AUTOMATIC', 'ON_DEMAND'], RotationType],
  ] as const)('%s are those of the SDK', (_, kept, ofSdk) => {
    expect(sorted(kept)).toEqual(sorted(Object.values(ofSdk)));
  });
});

const reasonOf = (metadata: Partial<KeyMetadata>) => {
  const conclusion = concludeFinding(factsOf(metadata, read(OFF)));
  return 'reason' in conclusion ? conclusion.reason : conclusion.kind;
};

describe('what the SDK knows is known', () => {
  it.each(Object.values(KeyManagerType))('key manager %s', (KeyManager) => {
    expect(reasonOf({ KeyManager })).not.toBe('unknown-manager');
  });
  it.each(Object.values(OriginType))('origin %s', (Origin) => {
    expect(reasonOf({ Origin })).not.toBe('unknown-origin');
  });
  it.each(Object.values(MultiRegionKeyType))('multi-Region role %s', (role) => {
    expect(reasonOf(multiRegion(role))).not.toBe('unknown-multi-region-role');
  });
  it.each(Object.values(KeyUsageType))('key usage %s', (KeyUsage) => {
    const KeySpecOf: Partial<Record<string, string>> = { ENCRYPT_DECRYPT: 'SYMMETRIC_DEFAULT' };
    const spec =
      KeySpecOf[KeyUsage] ?? (KeyUsage === 'ENCAPSULATE_DECAPSULATE' ? 'ML_KEM_768' : 'ECC_NIST_P256');
    expect(reasonOf({ KeyUsage, KeySpec: spec })).not.toMatch(/^unknown-/);
  });
  it.each(['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024'])('%s is asymmetric', (KeySpec) => {
    expect(reasonOf({ KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' })).toBe('asymmetric');
  });
});
